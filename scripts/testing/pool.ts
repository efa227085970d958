/** Runs tasks, so many at a time, in their order; gives their results in that order. */
export async function runAll<T> (tasks: ReadonlyArray<() => Promise<T>>, atATime: number): Promise<T[]> {
  const results: T[] = []
  const waiting = tasks.entries()
  const work = async (): Promise<void> => {
    for (const [i, task] of waiting) results[i] = await task()
  }
  await Promise.all(Array.from({ length: atATime }, work))
  return results
}

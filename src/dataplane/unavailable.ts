import { BlockserveError } from '../errors.ts'

/** Whether an error says that no engine is there. */
export const isUnavailable = (error: unknown): boolean => error instanceof BlockserveError && error.code === 'engine_unavailable'

/** What `ask` gives; undefined while no engine is there. */
export async function orUnavailable<T> (ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

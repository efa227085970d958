import { setImmediate as turn } from 'node:timers/promises'

/** Bytes this process holds after `collect`. Memory of array buffers is released beside the collector, so the least of several is told. */
export async function leastMemory (collect: () => void): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 5; round++) {
    collect()
    await turn()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    least = Math.min(least, heapUsed + arrayBuffers)
  }
  return least
}

/** Brings a build about, however often and by however many it is asked for. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { assemble } from './assembly.ts'
import { takeLock } from './lock.ts'
import { requireMachine } from './machine.ts'
import type { Order, Surroundings } from './order.ts'
import { place } from './place.ts'
import { bytesText, isOutOfSpace, lackOfSpace } from './space.ts'
import { buildNameOf, describeTarget } from './target.ts'
import { neededRoom } from './tools.ts'
import { prepareFolder, withWorkFolder } from './work-folder.ts'

/** The folder of the build that is there now. Every failure is a `problem` that says what mends it. */
export async function provideBuild (order: Order, surroundings: Surroundings): Promise<string> {
  const folder = join(order.folder, buildNameOf(order.target))
  const isThere = (): boolean => !order.force && existsSync(join(folder, 'manifest.json'))
  if (!isThere()) {
    requireMachine(surroundings.machine, order.target)
    prepareFolder(order.folder)
    const release = takeLock(order.folder)
    try {
      if (!isThere()) return await make(order, surroundings, folder)
    } finally {
      release()
    }
  }
  surroundings.screen.write(`${describeTarget(order.target)} is there already (--force builds it again)\n`)
  return folder
}

async function make (order: Order, surroundings: Surroundings, folder: string): Promise<string> {
  const start = performance.now()
  surroundings.screen.write(`${describeTarget(order.target)}, for ${folder}\n`)
  try {
    const bytes = await withWorkFolder(order.folder, async work => {
      const assembled = await assemble(order, surroundings, work)
      place(assembled.build, folder, work)
      assembled.release()
      return assembled.bytes
    })
    surroundings.screen.write(`Ready: ${bytesText(bytes)}, made in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
    return folder
  } catch (error) {
    if (isOutOfSpace(error)) throw lackOfSpace(order.folder, neededRoom(order))
    throw error
  }
}

/** All that must be there before anything is downloaded. */
import { findNodeHeaders, findSources, type Sources } from './addon-sources.ts'
import { findCompiler, type Compiler } from './compiler.ts'
import { DownloadedWheels } from './downloaded-wheels.ts'
import { Downloads } from './downloads.ts'
import { GivenWheels } from './given-wheels.ts'
import { takesCudaLibraries, type Order, type Surroundings } from './order.ts'
import { findPip } from './pip.ts'
import { bytesText, freeBytes, requireRoom, roomFor } from './space.ts'
import type { Supply } from './supply.ts'
import { machineOf, requirementOf } from './target.ts'

export interface Tools {
  readonly compiler: Compiler
  readonly headers: string
  readonly sources: Sources
  readonly supply: Supply
  /** What was found, for a person. */
  readonly summary: string
}

/** Throws the problem of what is missing. */
export async function findTools (order: Order, surroundings: Surroundings, work: string): Promise<Tools> {
  const compiler = await findCompiler(surroundings.env)
  const [headers, sources] = [findNodeHeaders(), findSources()]
  const { supply, pip } = await findSupply(order, surroundings, work)
  requireRoom(order.folder, neededRoom(order))
  const summary = [`glibc ${surroundings.machine.glibc}`, compiler.version, ...pip, `${bytesText(freeBytes(order.folder))} free`].join(', ')
  return { compiler, headers, sources, supply, summary }
}

/** Bytes the build will take at most, beyond what is downloaded already. */
export function neededRoom (order: Order): number {
  const kept = order.wheels.length > 0 ? 'all' : downloadsOf(order).summary().bytes
  return roomFor(order.target, takesCudaLibraries(order), kept)
}

const machineFor = ({ target }: Order): string => machineOf(target.arch) ?? target.arch
const downloadsOf = (order: Order): Downloads => new Downloads(order.folder, machineFor(order))

async function findSupply (order: Order, { env, signal }: Surroundings, work: string): Promise<{ supply: Supply, pip: string[] }> {
  if (order.wheels.length > 0) {
    const supply = new GivenWheels(order.wheels)
    supply.require([requirementOf(order.target)])
    return { supply, pip: [] }
  }
  const pip = await findPip(env)
  const source = { pip, downloads: downloadsOf(order), machine: machineFor(order), work, env, signal }
  return { supply: new DownloadedWheels(source), pip: [`pip ${pip.version}`] }
}

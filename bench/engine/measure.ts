/** Drives the measuring processes: first every answer is checked, then rounds in which all take their turn. */
import { setTimeout } from 'node:timers/promises'
import { CASES, type Case } from './cases.ts'
import { CONTENDERS, type Contender, type Setup } from './contenders.ts'
import type { Peer } from './peer.ts'
import { distance, reference, type Answer } from './reference.ts'
import { rotated } from './stopwatch.ts'
import { readTensors } from './tensors.ts'

export interface Runner extends Contender { readonly peer: Peer }

/** Microseconds per call, by case and contender, one per round. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>

/** Sums of 4096 products in single precision are off by less. */
const TOLERANCE = 1e-3

const TURN_MS = 60
/** Idle threads go on spinning after their engine's turn: those of OpenBLAS for 2²⁶ cycles. */
const REST_MS = 60

/** Starts every contender there is and tells which there is not. */
export async function startAll (setup: Setup, print: (line: string) => void): Promise<Runner[]> {
  const runners: Runner[] = []
  for (const contender of CONTENDERS) {
    const peer = contender.start(setup)
    const greeting = await peer.greet()
    if ('ready' in greeting) runners.push({ ...contender, peer })
    print('ready' in greeting
      ? `${contender.title}: ${greeting.ready}`
      : `${contender.title}: not available: ${greeting.absent}${contender.remedy === undefined ? '' : ` (${contender.remedy})`}`)
  }
  return runners
}

/** Throws when a contender answers something else than the reference. */
export async function checkAll (runners: readonly Runner[], { tensors }: Setup): Promise<number> {
  let worst = 0
  for (const one of CASES) {
    const expected = reference(one, await readTensors(tensors, one))
    for (const { title, peer } of runners.filter(({ takes }) => takes(one))) {
      const off = distance(await peer.ask({ ask: 'answer', case: one, ms: 0 }) as Answer, expected)
      if (!(off < TOLERANCE)) throw new Error(`${title} answers ${one.title} wrongly: off by ${off}`)
      worst = Math.max(worst, off)
    }
  }
  return worst
}

/** One round to get warm, then those that count. Each round begins with another contender. */
export async function timeAll (runners: readonly Runner[], rounds: number): Promise<Results> {
  const results = new Map(CASES.map(one => [one.name, new Map<string, number[]>()]))
  for (let round = -1; round < rounds; round++) {
    for (const one of CASES) {
      for (const { key, peer } of rotated(runners.filter(({ takes }) => takes(one)), round + 1)) {
        const us = await turn(peer, one)
        const own = results.get(one.name) as Map<string, number[]>
        if (round >= 0) own.set(key, [...own.get(key) ?? [], us])
      }
    }
  }
  return results
}

async function turn (peer: Peer, one: Case): Promise<number> {
  await setTimeout(REST_MS)
  return await peer.ask({ ask: 'time', case: one, ms: TURN_MS }) as number
}

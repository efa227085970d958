/** An engine that is started and stopped, and one that is killed at work, over and over. */
import { setImmediate as turn } from 'node:timers/promises'
import { createModel, forward } from '../../src/operations/index.ts'
import type { HostTensor } from '../../src/tensor.ts'
import { ramp, start, type Started } from './engine.ts'
import { children, exists, ticksOf } from './processes.ts'

/** What is not as it should be; empty when all is well. */
export type Faults = string[]

const NAME = 'slow'
/** Counts to the bound on turns with tensors: long enough to be met at work. */
const SLOW = {
  type: 'custom',
  class: 'Slow',
  init: [],
  forward: [
    ['let', 'y', 'x'], ['let', 'i', 0],
    ['while', ['lt', 'i', 9999], [['let', 'i', ['add', 'i', 1]], ['let', 'y', ['add', 'y', 1]]]],
    ['return', 'y']
  ]
}

const gone = (pid: number): Faults => exists(pid) ? [`process ${pid} is still there`] : []
const left = (): Faults => children().map(({ pid, state }) => `process ${pid} is left in state ${state}`)

/** Starts an engine, asks it something, and stops it, `count` times. */
export async function startAndStop (data: string, count: number): Promise<Faults> {
  const faults: Faults = []
  for (let i = 0; i < count; i++) {
    const { engine, log } = await start(data)
    const pid = engine.status().pid as number
    const stopped = log.next('engine stopped')
    await engine.stop()
    const { reason } = (await stopped).details
    if (reason !== 'it exited with code 0') faults.push(`stop ${i}: ${String(reason)}`)
    faults.push(...gone(pid))
  }
  return [...faults, ...left()]
}

/** Kills the engine `count` times in the middle of a forward; the supervisor starts the next. */
export async function killAtWork (data: string, count: number): Promise<Faults> {
  const started = await start(data, { backoff: { firstMs: 1, mostMs: 10 } })
  await started.ask(createModel, { name: NAME, seed: 0, architecture: SLOW as never })
  const expected = await answer(started)
  const faults: Faults = []
  for (let i = 0; i < count; i++) faults.push(...(await killOnce(started)).map(fault => `kill ${i}: ${fault}`))
  if (await answer(started) !== expected) faults.push('the answer is another one than before the kills')
  await started.engine.stop()
  return [...faults, ...left()]
}

async function killOnce (started: Started): Promise<Faults> {
  const { engine, log } = started
  const pid = engine.status().pid as number
  const [down, ready] = [log.next('engine ended unexpectedly'), log.next('engine is ready')]
  const outcome = answer(started).catch((error: { code?: string }) => error.code)
  await working(pid)
  process.kill(pid, 'SIGKILL')
  const [code, { details: { reason } }] = await Promise.all([outcome, down])
  await ready
  const faults = gone(pid)
  if (code !== 'engine_unavailable') faults.push(`the forward was not in its middle: ${String(code)}`)
  if (reason !== 'it was ended by SIGKILL') faults.push(String(reason))
  return faults
}

const answer = async ({ ask }: Started): Promise<string> => {
  const { outputs: [y] } = await ask(forward, { model: NAME, inputs: [ramp(2, 3)] })
  return String((y as HostTensor).data)
}

/** Resolves when a process that has just been sent work uses the processor; at once where that is not known. */
async function working (pid: number): Promise<void> {
  const until = (ticksOf(pid) ?? -Infinity) + 3
  do await turn()
  while ((ticksOf(pid) ?? Infinity) < until)
}

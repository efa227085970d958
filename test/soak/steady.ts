/** One engine that runs and differentiates a model many times: its memory and its count of tensors stay what they were. */
import { backward, createModel, forward, initializeModel, readRuntime } from '../../src/operations/index.ts'
import type { EngineReport } from '../../src/operations/engine-report.ts'
import type { HostTensor } from '../../src/tensor.ts'
import { ramp, start, type Started } from './engine.ts'
import type { Faults } from './life-cycle.ts'

export interface Sample { readonly calls: number, readonly bytes: number, readonly tensors: number }

/** A number of calls, and the memory of the engine process on the way. */
export interface Phase { readonly name: string, readonly samples: readonly Sample[] }

const NET = {
  type: 'Sequential',
  children: [
    { type: 'Dense', units: 64, in_units: 32, activation: 'relu' }, { type: 'Dropout', rate: 0.5 }, { type: 'Dense', units: 10, in_units: 64 }
  ]
}
const MODEL = 'net'
const CLIENTS = 8
const SAMPLES = 100

/** Batches of several sizes, so that buffers of several sizes come and go. */
const inputsOf = (call: number): { model: string, inputs: HostTensor[] } => ({ model: MODEL, inputs: [ramp(1 + call % 32, 32)] })

/** Runs so many forwards, then so many backwards. */
export async function steady (data: string, forwards: number, backwards: number): Promise<readonly Phase[]> {
  const started = await start(data)
  await started.ask(createModel, { name: MODEL, seed: 0, architecture: NET as never })
  await started.ask(initializeModel, { model: MODEL })
  // The first of each makes the copies of the parameters that stay on the device.
  await started.ask(forward, inputsOf(0))
  await started.ask(backward, inputsOf(0))
  const phases = [
    await phase(started, 'forwards', forwards, call => started.ask(forward, inputsOf(call))),
    await phase(started, 'backwards', backwards, call => started.ask(backward, inputsOf(call)))
  ]
  await started.engine.stop()
  return phases
}

async function phase (started: Started, name: string, count: number, run: (call: number) => Promise<unknown>): Promise<Phase> {
  const samples: Sample[] = []
  const stride = Math.max(1, Math.floor(count / SAMPLES))
  for (let calls = 0; calls < count;) {
    const end = Math.min(count, calls + stride)
    const next = { call: calls }
    await Promise.all(Array.from({ length: CLIENTS }, async () => { while (next.call < end) await run(next.call++) }))
    calls = end
    samples.push({ calls, ...await memoryOf(started) })
  }
  return { name, samples }
}

async function memoryOf ({ ask }: Started): Promise<Omit<Sample, 'calls'>> {
  const { memory } = await ask(readRuntime, {}) as unknown as EngineReport
  return { bytes: memory.engine_bytes ?? 0, tensors: memory.tensors ?? 0 }
}

/** Before this part of a phase JavaScript's heap finds its size. */
const EARLY = 0.1

/** The least memory of the engine process between two parts of a phase, in bytes. */
export function floor ({ samples }: Phase, from: number, to: number): number {
  return Math.min(...samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length)).map(({ bytes }) => bytes))
}

/** The most memory of the engine process in a phase, in bytes. */
export const peak = ({ samples }: Phase): number => Math.max(...samples.map(({ bytes }) => bytes))

const MIDDLE = (1 + EARLY) / 2

/**
 * By what part memory grew for good from one half of a phase to the other. It rises until JavaScript collects what became old, so only its
 * lowest values tell, and a phase must be long enough for several collections.
 */
export const growth = (phase: Phase): number => floor(phase, MIDDLE, 1) / floor(phase, EARLY, MIDDLE) - 1

/** What is not steady: a tensor more or less, or memory that grew by more than `allowed`. */
export function unsteadiness (phase: Phase, allowed: number): Faults {
  const counts = new Set(phase.samples.map(({ tensors }) => tensors))
  return [
    ...counts.size > 1 ? [`${phase.name}: the engine held ${[...counts].join(', then ')} tensors`] : [],
    ...growth(phase) > allowed ? [`${phase.name}: memory grew by ${(growth(phase) * 100).toFixed(1)} %`] : []
  ]
}

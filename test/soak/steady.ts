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

/** Bytes of the engine process when a part of a phase is done: the median of the tenth of the samples around it. */
export function bytesAt ({ samples }: Phase, part: number): number {
  const width = Math.ceil(samples.length / 10)
  const from = Math.min(samples.length - width, Math.max(0, Math.round(part * samples.length - width / 2)))
  const bytes = samples.slice(from, from + width).map(({ bytes }) => bytes).sort((a, b) => a - b)
  return bytes[Math.floor(bytes.length / 2)] ?? 0
}

/** By what part memory grew from the first quarter of a phase, when JavaScript's heap has found its size, to its end. */
export const growth = (phase: Phase): number => bytesAt(phase, 1) / bytesAt(phase, 0.25) - 1

/** What is not steady: a tensor more or less, or memory that grew by more than `allowed`. */
export function unsteadiness (phase: Phase, allowed: number): Faults {
  const counts = new Set(phase.samples.map(({ tensors }) => tensors))
  return [
    ...counts.size > 1 ? [`${phase.name}: the engine held ${[...counts].join(', then ')} tensors`] : [],
    ...growth(phase) > allowed ? [`${phase.name}: memory grew from ${bytesAt(phase, 0.25)} to ${bytesAt(phase, 1)} bytes`] : []
  ]
}

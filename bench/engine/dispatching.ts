/** The engine's handling of requests, without its process: a runtime on a store of its own, with one perceptron in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Request } from '../../src/engine/channel.ts'
import type { Block } from '../../src/nn/index.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import type { EngineAnswer } from '../../src/operations/envelope.ts'
import { dispatch } from '../../src/runtime/dispatch.ts'
import { joinable, runJoined } from '../../src/runtime/joined-forward.ts'
import { LiveModels } from '../../src/runtime/live-models.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { openStore } from '../../src/store/store.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'

const MODEL = 'bench'

export interface Dispatching {
  readonly block: Block
  /** Answers one forward. */
  alone (input: HostTensor): () => HostTensor
  /** Answers one request per row, as they leave the queue when they have piled up. */
  joined (input: HostTensor): () => HostTensor[]
  close (): void
}

export function openDispatching (widths: readonly number[]): Dispatching {
  const folder = mkdtempSync(join(tmpdir(), 'blockserve-bench-'))
  const store = openStore(folder)
  const limits = { models: 10, parameterBytes: 1e12, elements: 1e12 }
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const registry = builtinBlocks()
  const runtime: Runtime = { store, writer: store, registry, limits, log, models: new LiveModels(store, registry, limits, log) }
  dispatch(runtime, request('createModel', 'mutate', { name: MODEL, architecture: specOf(widths) }, null))
  dispatch(runtime, request('initializeModel', 'mutate', { model: MODEL }))
  return {
    block: runtime.models.get(MODEL).block,
    alone: input => {
      const request = forward(input)
      return () => outputOf(dispatch(runtime, request))
    },
    joined: input => {
      const requests = rowsOf(input).map(forward)
      return () => joined(runtime, requests).map(outputOf)
    },
    close: () => { store.close(); rmSync(folder, { recursive: true }) }
  }
}

function specOf (widths: readonly number[]): object {
  const children = widths.slice(1).map((units, i) =>
    ({ type: 'Dense', units, in_units: widths[i], activation: i === widths.length - 2 ? null : 'relu' }))
  return { type: 'Sequential', children }
}

const request = (operation: string, kind: Request['kind'], input: object, model: string | null = MODEL): Request =>
  ({ id: 0, operation, kind, model, input: { input, request_id: MODEL }, deadline: Infinity })

const forward = (input: HostTensor): Request => request('forward', 'infer', { model: MODEL, inputs: [input] })

function joined (runtime: Runtime, requests: readonly Request[]): EngineAnswer[] {
  const count = joinable(runtime, requests)
  if (count !== requests.length) throw new Error(`of ${requests.length} requests ${count} can be joined`)
  return runJoined(runtime, requests)
}

function rowsOf ({ shape: [rows = 0, width = 0], data }: HostTensor): HostTensor[] {
  return Array.from({ length: rows }, (_, row) => hostTensor('float32', [1, width], data.slice(row * width, (row + 1) * width)))
}

const outputOf = ({ output }: EngineAnswer): HostTensor => (output as { outputs: HostTensor[] }).outputs[0] as HostTensor

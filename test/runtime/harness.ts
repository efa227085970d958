/** An engine's runtime on a store in a temporary folder, without a process around it. */
import * as tf from '@tensorflow/tfjs-core'
import type { Test } from 'tap'
import { BlockserveError, type ErrorCode } from '../../src/errors.ts'
import { Block, type NDArray, type Output } from '../../src/nn/index.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import type { EngineAnswer, Envelope } from '../../src/operations/envelope.ts'
import type { Input, Operation, Output as OutputOf } from '../../src/operations/index.ts'
import { dispatch } from '../../src/runtime/dispatch.ts'
import { LiveModels } from '../../src/runtime/live-models.ts'
import type { Runtime, RuntimeLimits } from '../../src/runtime/runtime.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'
import { openBackend } from '../backends.ts'
import { temporaryFolder } from '../store/samples.ts'

await openBackend()

/** A Block of a module whose code has a fault: it breaks on inputs that are not positive. */
export class Fragile extends Block {
  weight = this.params.get('weight', { shape: [0], allow_deferred_init: true })

  override forward (x: NDArray): Output {
    this.weight.shape = [x.shape[0] as number]
    this.weight.finish_deferred_init()
    if ((tf.min(x).dataSync()[0] as number) <= 0) throw new TypeError('cannot read what is not there')
    return tf.mul(x, this.weight.data())
  }
}

export type Extras = Omit<Partial<Envelope>, 'input'>

export class Bench {
  readonly runtime: Runtime
  readonly store: Store

  constructor (runtime: Omit<Runtime, 'store' | 'writer'>, store: Store) {
    this.runtime = { ...runtime, store, writer: store }
    this.store = store
  }

  /** The output of an operation. */
  run<O extends Operation> (operation: O, input: Input<O>, extras: Extras = {}): OutputOf<O> {
    return this.answer(operation, input, extras).output as OutputOf<O>
  }

  /** The whole answer of an operation. */
  answer<O extends Operation> ({ name, kind, input: { properties } }: O, input: Input<O>, extras: Extras = {}): EngineAnswer {
    const model = 'model' in properties ? (input as { model?: string }).model ?? null : null
    return dispatch(this.runtime, { id: 1, operation: name, kind, model, deadline: Infinity, input: { input, request_id: 'r', ...extras } })
  }

  /** The same store with nothing in memory, as after a restart. */
  restarted (): Bench {
    const { registry, limits, log } = this.runtime
    return new Bench({ registry, limits, log, models: new LiveModels(this.store, registry, limits, log) }, this.store)
  }
}

const LIMITS: RuntimeLimits = { models: 100, parameterBytes: 1e6, elements: 1e5 }

export function openBench (t: Test, limits: Partial<RuntimeLimits> = {}): Bench {
  const store = openStore(temporaryFolder(t))
  t.teardown(() => { store.close() })
  const registry = builtinBlocks().register(Fragile)
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const all = { ...LIMITS, ...limits }
  return new Bench({ registry, limits: all, log, models: new LiveModels(store, registry, all, log) }, store)
}

export const tensor = (shape: readonly number[], ...data: number[]): HostTensor => hostTensor('float32', shape, Float32Array.from(data))

/** The error that `run` throws. */
export function errorOf (run: () => unknown): BlockserveError & { code: ErrorCode } {
  try {
    run()
  } catch (error) {
    if (error instanceof BlockserveError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

export const MLP = {
  type: 'Sequential', children: [{ type: 'Dense', units: 3, activation: 'relu' }, { type: 'Dropout', rate: 0.5 }, { type: 'Dense', units: 2 }]
}

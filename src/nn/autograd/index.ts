/** MXNet's autograd: record a computation, then take gradients backwards through it. */
import * as tf from '@tensorflow/tfjs-core'
import { formatShape, sameShape, type HostTensor } from '../../tensor.ts'
import { problem } from '../../errors.ts'
import { castTensor } from '../cast.ts'
import { array, hostOf, isNDArray, type ArrayLike, type NDArray } from '../np/array.ts'
import { dtypeOf } from '../np/dtypes.ts'
import { Tape, adopt, untaped } from './tape.ts'
import { markVariable, variableOf, type Variable } from './variables.ts'
import './gradients.ts'

export interface RecordOptions { readonly train_mode?: boolean }

export interface BackwardOptions {
  /** Keeps the recorded computation for another backward. Default false. */
  readonly retain_graph?: boolean
}

let active: Tape | undefined
let training = false
const tapes = new Set<Tape>()
const origin = new WeakMap<NDArray, Tape>()
const returned = new WeakMap<Tape, readonly NDArray[]>()

export const is_recording = (): boolean => active !== undefined
export const is_training = (): boolean => training

/**
 * Runs `fn` and records it, so that `backward` can follow. In train mode unless said otherwise.
 * Arrays made inside are freed by `backward`, but for its heads and what `fn` returns (an array, or a list or object of arrays).
 */
export function record<T> (fn: () => T, { train_mode = true }: RecordOptions = {}): T {
  return withTraining(train_mode, () => active === undefined ? recordOn(Tape.start(), fn) : fn())
}

/** Runs `fn` without recording, inside a recording. */
export function pause<T> (fn: () => T, { train_mode = false }: RecordOptions = {}): T {
  const outer = active
  active = undefined
  try {
    return withTraining(train_mode, () => untaped(fn))
  } finally {
    active = outer
  }
}

/** Runs `fn` as in training (Dropout drops, running statistics move), without recording. */
export const train_mode = <T>(fn: () => T): T => withTraining(true, fn)

/** Runs `fn` as in inference. */
export const predict_mode = <T>(fn: () => T): T => withTraining(false, fn)

/** Marks an array so that the next backward leaves a gradient for it, read by `grad_of`. */
export function attach_grad (tensor: NDArray, grad_req: Variable['grad_req'] = 'write'): void {
  const variable = new ArrayVariable(grad_req)
  arrays.set(tensor, variable)
  markVariable(tensor, variable)
}

/** The gradient left by backward for an array marked by `attach_grad`, of its dtype; zeros before any. */
export function grad_of (tensor: NDArray): HostTensor {
  const variable = arrays.get(tensor)
  if (variable === undefined) throw problem('not_recorded')
  return castTensor(variable.grad ?? hostOf(tf.zerosLike(tensor)), dtypeOf(tensor))
}

/**
 * Gradients of `heads` with respect to every parameter and marked array they were computed from.
 * `head_gradients`: one per head, of its shape; ones where missing. Parameters receive theirs as their grad_req says.
 * Throws `not_recorded` when a head was not computed while recording, `head_gradient_shape`, `head_gradient_count`.
 */
export function backward (
  heads: NDArray | readonly NDArray[], head_gradients: ReadonlyArray<ArrayLike | null> = [], options: BackwardOptions = {}
): void {
  const list = isNDArray(heads) ? [heads] : heads
  const used = new Set(list.map(tapeOf).filter(tape => tape !== undefined))
  tf.tidy(() => {
    const seeds = seedGradients(list, head_gradients)
    if (used.size === 0) seedVariables(list, seeds)
    for (const tape of used) sweepInto(tape, seeds, list)
  })
  if (options.retain_graph !== true) for (const tape of used) forget(tape, [...list, ...(returned.get(tape) ?? [])])
}

/** Runs `fn`, then frees every recorded computation left over from it. */
export function releasing<T> (fn: () => T): T {
  const before = new Set(tapes)
  try {
    return fn()
  } finally {
    for (const tape of tapes) if (!before.has(tape)) forget(tape, [])
  }
}

/** Frees every recorded computation that no backward has freed. */
export function release (): void {
  for (const tape of tapes) forget(tape, [])
}

function recordOn<T> (tape: Tape, fn: () => T): T {
  active = tape
  let result: T
  try {
    result = fn()
  } catch (error) {
    tape.stop()
    tape.release()
    throw error
  } finally {
    active = undefined
  }
  tape.stop()
  remember(tape, tensorsIn(result))
  return result
}

function remember (tape: Tape, results: readonly NDArray[]): void {
  tapes.add(tape)
  returned.set(tape, results)
  for (const tensor of tape.outputs()) origin.set(tensor, tape)
  for (const tensor of tape.inputs()) if (!origin.has(tensor) && variableOf(tensor) !== undefined) origin.set(tensor, tape)
}

function tensorsIn (value: unknown): NDArray[] {
  if (isNDArray(value)) return [value]
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  return Object.values(value).filter(isNDArray)
}

function forget (tape: Tape, survivors: readonly NDArray[]): void {
  tape.release(survivors)
  tapes.delete(tape)
  for (const tensor of survivors) if (origin.get(tensor) === tape && variableOf(tensor) === undefined) adopt(tensor)
}

/** The recording a head comes out of; none when the head is itself a variable, as what a layer returns untouched. */
function tapeOf (head: NDArray): Tape | undefined {
  const tape = origin.get(head)
  if (tape !== undefined && !tape.released) return tape
  if (variableOf(head) === undefined) throw problem('not_recorded')
  return undefined
}

function seedVariables (heads: readonly NDArray[], seeds: ReadonlyMap<number, NDArray>): void {
  for (const head of new Set(heads)) variableOf(head)?.accumulate_grad(hostOf(seeds.get(head.id) as NDArray))
}

function seedGradients (heads: readonly NDArray[], given: ReadonlyArray<ArrayLike | null>): Map<number, NDArray> {
  if (given.length > heads.length) throw problem('head_gradient_count', { received: given.length, expected: heads.length })
  const seeds = new Map<number, NDArray>()
  heads.forEach((head, i) => {
    const seed = given[i] == null ? tf.onesLike(head) : array(given[i])
    if (!sameShape(seed.shape, head.shape)) {
      throw problem('head_gradient_shape', { position: i, received: formatShape(seed.shape), expected: formatShape(head.shape) })
    }
    const sum = seeds.get(head.id)
    seeds.set(head.id, sum === undefined ? seed : tf.add(sum, seed))
  })
  return seeds
}

function sweepInto (tape: Tape, seeds: ReadonlyMap<number, NDArray>, heads: readonly NDArray[]): void {
  const found = new Map<number, Variable>()
  for (const tensor of [...tape.inputs(), ...heads]) {
    const variable = variableOf(tensor)
    if (variable !== undefined) found.set(tensor.id, variable)
  }
  const gradients = tape.sweep(seeds, new Set(found.keys()))
  for (const [id, variable] of found) {
    const gradient = gradients.get(id)
    if (gradient !== undefined) variable.accumulate_grad(hostOf(gradient))
  }
}

function withTraining<T> (mode: boolean, fn: () => T): T {
  const outer = training
  training = mode
  try {
    return fn()
  } finally {
    training = outer
  }
}

class ArrayVariable implements Variable {
  readonly grad_req: Variable['grad_req']
  grad: HostTensor | undefined

  constructor (grad_req: Variable['grad_req']) {
    this.grad_req = grad_req
  }

  accumulate_grad (gradient: HostTensor): void {
    this.grad = this.grad_req === 'add' && this.grad !== undefined
      ? hostOf(tf.tidy(() => tf.add(array(this.grad as HostTensor), array(gradient))))
      : gradient
  }
}

const arrays = new WeakMap<NDArray, ArrayVariable>()

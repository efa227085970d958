/**
 * The only file that knows the tape of TensorFlow.js. A Tape records the kernels run between `start` and `stop`,
 * keeps what their gradients need, and sweeps them backwards. It owns every tensor made while it recorded.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { NDArray } from '../np/array.ts'

interface TapeNode {
  readonly inputs: Record<string, NDArray>
  readonly outputs: NDArray[]
  readonly saved?: NDArray[]
  readonly gradient?: (dys: Array<NDArray | null>) => Record<string, () => NDArray>
}

interface EngineState {
  activeTape: TapeNode[] | null
  gradientDepth: number
  activeScope: { track: NDArray[] } | null
}

/** The part of the engine that is private in its types. */
interface Recorder {
  readonly state: EngineState
  startTape (): void
  endTape (): void
}

const recorder = (): Recorder => tf.engine() as unknown as Recorder
const engineState = (): EngineState => recorder().state

export type Gradients = ReadonlyMap<number, NDArray>

export class Tape {
  #nodes: readonly TapeNode[] = []
  #owned: NDArray[] = []
  #released = false

  /** Starts recording. Every start needs one `stop`. */
  static start (): Tape {
    tf.engine().startScope()
    recorder().startTape()
    return new Tape()
  }

  /** Ends recording. Tensors made meanwhile live until `release`. */
  stop (): void {
    const state = engineState()
    recorder().endTape()
    this.#nodes = state.activeTape ?? []
    state.activeTape = null
    this.#owned = (state.activeScope?.track ?? []).filter(tensor => !tensor.kept)
    for (const tensor of this.#owned) tf.keep(tensor)
    tf.engine().endScope()
  }

  get released (): boolean { return this.#released }

  /** The tensors that kernels on this tape put out. */
  * outputs (): Iterable<NDArray> {
    for (const node of this.#nodes) yield * node.outputs
  }

  /** The tensors that kernels on this tape took in. */
  * inputs (): Iterable<NDArray> {
    for (const node of this.#nodes) yield * Object.values(node.inputs)
  }

  /**
   * Gradients at the tensors of `wanted` (by tensor id), given head gradients by tensor id.
   * Call it inside a tidy: what it returns belongs to the active scope.
   */
  sweep (heads: Gradients, wanted: ReadonlySet<number>): Gradients {
    const needed = this.#pathFrom(wanted)
    const gradients = new Map(heads)
    for (const node of this.#nodes.toReversed()) {
      const dys = node.outputs.map(output => gradients.get(output.id) ?? null)
      if (dys.some(dy => dy !== null)) differentiate(node, dys, needed, gradients)
    }
    return gradients
  }

  /** Frees everything the tape holds, but for `survivors`, which go to the scope that is active now. */
  release (survivors: readonly NDArray[] = []): void {
    if (this.#released) return
    this.#released = true
    const surviving = new Set(survivors)
    for (const node of this.#nodes) for (const tensor of node.saved ?? []) dispose(tensor)
    for (const tensor of this.#owned) if (!surviving.has(tensor)) dispose(tensor)
    this.#nodes = []
    this.#owned = []
  }

  /** Ids of the tensors that depend on a wanted one. */
  #pathFrom (wanted: ReadonlySet<number>): ReadonlySet<number> {
    const path = new Set(wanted)
    for (const node of this.#nodes) {
      const depends = Object.values(node.inputs).some(input => path.has(input.id))
      if (depends) for (const output of node.outputs) path.add(output.id)
    }
    return path
  }
}

/** Runs `fn` without recording. */
export function untaped<T> (fn: () => T): T {
  const state = engineState()
  const depth = state.gradientDepth
  state.gradientDepth = 0
  try {
    return fn()
  } finally {
    state.gradientDepth = depth
  }
}

/** Ends the life of a tensor that outlived its tape with the scope that is active now. */
export function adopt (tensor: NDArray): void {
  if (tensor.isDisposed) return
  tensor.kept = false
  engineState().activeScope?.track.push(tensor)
}

function differentiate (node: TapeNode, dys: Array<NDArray | null>, needed: ReadonlySet<number>, gradients: Map<number, NDArray>): void {
  const entries = Object.entries(node.inputs).filter(([, input]) => needed.has(input.id))
  if (entries.length === 0 || node.gradient === undefined) return
  const pull = node.gradient(dys)
  for (const [name, input] of entries) {
    if (input.dtype !== 'float32') continue
    const gradient = pull[name]?.()
    if (gradient === undefined) continue
    const sum = gradients.get(input.id)
    gradients.set(input.id, sum === undefined ? gradient : tf.add(sum, gradient))
  }
}

function dispose (tensor: NDArray): void {
  if (!tensor.isDisposed) tensor.dispose()
}

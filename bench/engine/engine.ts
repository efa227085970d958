import type { Case } from './cases.ts'
import type { Answer } from './reference.ts'
import type { Run } from './stopwatch.ts'

/** A case made ready by an engine: `run` takes host values in and gives host values out, as a server would. */
export interface Prepared {
  readonly run: Run
  /** The result of one call with the weights as they are in the files. Asked for before anything is run. */
  answer (): Answer | Promise<Answer>
}

/** Something that computes, in a process of its own. */
export interface Engine {
  /** What it is and how many threads it has, in words. */
  readonly device: string
  prepare (one: Case): Promise<Prepared>
}

/** How a measuring process is told what to be. */
export interface EngineOptions {
  readonly engine: 'tfjs' | 'stock-wasm' | 'onnx'
  readonly backend?: 'native-cpu' | 'native-gpu' | 'wasm'
  readonly threads: number
  readonly tensors: string
  readonly nativeFolder?: string | undefined
}

/** Says why an engine cannot be measured here. */
export class Absent extends Error {}

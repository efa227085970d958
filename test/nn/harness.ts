/** What tests of the Block library share: a backend, fresh sessions, short forms of arrays. */
import * as tf from '@tensorflow/tfjs-core'
import type { Test } from 'tap'
import { BlockserveError, type ErrorCode, type Kind } from '../../src/errors.ts'
import { Block, scoped, Session, type Argument, type BlockOptions, type NDArray, type Output } from '../../src/nn/index.ts'
import { array, hostOf, type ArrayLike } from '../../src/nn/np/array.ts'
import type { SessionOptions } from '../../src/nn/session.ts'
import { openBackend } from '../backends.ts'

await openBackend()

/** What a session said. */
export interface Heard { readonly warnings: string[], readonly printed: string[] }

/** Runs a test body as in a new process: names from 0, seed 0; frees its arrays. */
export function inSession<T> (fn: (heard: Heard) => T, options: SessionOptions = {}): T {
  const heard: Heard = { warnings: [], printed: [] }
  const session = new Session({ warn: text => { heard.warnings.push(text) }, print: line => { heard.printed.push(line) }, ...options })
  return session.run(() => scoped(() => fn(heard)))
}

/** Asserts what an error says: its code, the kind MXNet's has, and words its message must hold. */
export function refuses (t: Test, run: () => unknown, code: ErrorCode, kind: Kind | undefined, words: readonly string[]): void {
  try {
    run()
    t.fail(`nothing refused it, expected ${code}`)
  } catch (error) {
    if (!(error instanceof BlockserveError)) throw error
    t.equal(error.code, code)
    t.equal(error.kind, kind, `${code} is of MXNet's kind`)
    for (const word of words) t.ok(error.message.includes(word), `'${error.message}' says ${word}`)
    t.ok(error.remedy.length > 10, `${code} has a remedy`)
  }
}

export const numbers = (value: ArrayLike): number[] => [...hostOf(value).data].map(Number)

/** 1, 2, 3, … in a shape. */
export function counting (...shape: number[]): NDArray {
  const size = shape.reduce((a, b) => a * b, 1)
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => i + 1), shape, 'float32')
}

/** Whether all values are within `bound` of the expected ones, relative to the largest of those. */
export function close (t: Test, received: ArrayLike, expected: ArrayLike, bound: number, what = 'values'): void {
  const [found, wanted] = [numbers(received), numbers(expected)]
  const scale = Math.max(1e-30, ...wanted.map(Math.abs))
  t.equal(found.length, wanted.length, `${what}: as many`)
  const worst = Math.max(0, ...found.map((value, i) => Math.abs(value - (wanted[i] as number))))
  t.ok(worst <= bound * scale, `${what}: off by ${worst / scale}, allowed ${bound}`)
}

/** A Block that gives back its input. */
export class Same extends Block {
  override forward (x: NDArray): Output { return x }
}

/** A Block whose forward is the function it is given. */
export class Wrap extends Block {
  readonly #run: (x: NDArray) => NDArray

  constructor (run: (x: NDArray) => NDArray, options: BlockOptions = {}) {
    super(options)
    this.#run = run
  }

  override forward (x: NDArray): Output { return this.#run(x) }
}

export const call = (block: Block, ...args: Argument[]): NDArray => block.call(...args) as NDArray

export { array, tf }

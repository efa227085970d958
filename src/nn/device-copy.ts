import * as tf from '@tensorflow/tfjs-core'
import type { HostTensor } from '../tensor.ts'
import { untaped } from './autograd/tape.ts'
import { markVariable } from './autograd/variables.ts'
import { toFloat32 } from './cast.ts'
import type { NDArray } from './np/array.ts'
import { declareDtype } from './np/dtypes.ts'
import type { Parameter } from './parameter.ts'

/** The copies of one parameter's value on the device: a cache that is valid for one revision of the value. */
export class DeviceCopy {
  #revision = -1
  #used = -1
  #tensor: NDArray | undefined
  readonly #derived = new Map<string, NDArray>()

  /** The value as float32 in Gluon's layout, made at most once per revision. */
  tensor (host: HostTensor, revision: number, owner: Parameter): NDArray {
    this.#holdOnly(revision)
    if (this.#tensor?.isDisposed === false) return this.#tensor
    this.#tensor = tf.keep(upload(host))
    markVariable(this.#tensor, owner)
    return this.#tensor
  }

  /** Another layout of the value, made at most once per revision and key. */
  derived (key: string, make: (data: NDArray) => NDArray, host: HostTensor, revision: number): NDArray {
    this.#holdOnly(revision)
    const known = this.#derived.get(key)
    if (known?.isDisposed === false) return known
    const made = tf.keep(untaped(() => tf.tidy(() => make(this.#tensor ?? upload(host)))))
    this.#derived.set(key, made)
    return made
  }

  /** Whether the value of this revision was asked about before. */
  isReused (revision: number): boolean {
    if (this.#used === revision) return true
    this.#used = revision
    return false
  }

  dispose (): void {
    for (const tensor of [this.#tensor, ...this.#derived.values()]) if (tensor?.isDisposed === false) tensor.dispose()
    this.#tensor = undefined
    this.#derived.clear()
  }

  /** Frees the copies of any other revision. */
  #holdOnly (revision: number): void {
    if (revision === this.#revision) return
    this.dispose()
    this.#revision = revision
  }
}

const upload = (host: HostTensor): NDArray => declareDtype(tf.tensor(toFloat32(host), [...host.shape], 'float32'), host.dtype)

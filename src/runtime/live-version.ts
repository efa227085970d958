import { loadValues, type Block, type Session } from '../nn/index.ts'
import type { Signature } from '../operations/schemas/inference.ts'
import type { NamedTensors } from '../tensor.ts'
import type { LiveModel } from './live-model.ts'
import type { Network } from './network.ts'
import { signatureOf } from './signature.ts'

/** A checkpoint in the memory of an engine, to infer with. It is never saved. */
export class LiveVersion implements Network {
  readonly version: number
  readonly signature: Signature
  readonly isReady = true
  readonly #live: LiveModel

  /** `live` was just built from the checkpoint's spec. Throws what loading throws. */
  constructor (live: LiveModel, version: number, values: NamedTensors) {
    this.#live = live
    this.version = version
    live.session.run(() => { loadValues(live.block, values) })
    this.signature = signatureOf(live.block)
    this.forgetRemarks()
  }

  get name (): string { return this.#live.identity.name }
  get block (): Block { return this.#live.block }
  get session (): Session { return this.#live.session }

  /** Bytes of its parameters. */
  get bytes (): number { return this.#live.parameters().reduce((total, parameter) => total + parameter.host().data.byteLength, 0) }

  forgetRemarks (): void { this.#live.forgetRemarks() }

  dispose (): void { this.#live.dispose() }
}

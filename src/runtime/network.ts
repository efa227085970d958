import type { Block, Session } from '../nn/index.ts'
import type { Signature } from '../operations/schemas/inference.ts'

/** What inferences run on: the live network of a model, or one of its versions. */
export interface Network {
  readonly name: string
  /** 0 for the live network. */
  readonly version: number
  readonly block: Block
  readonly session: Session
  readonly signature: Signature
  /** Whether all parameters have values. */
  readonly isReady: boolean
  /** The model's revision; undefined for what never changes. */
  readonly revision?: number
  /** Drops what custom code printed and warned. */
  forgetRemarks (): void
}

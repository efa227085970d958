import type { TObject } from 'typebox'
import type { Block } from './block.ts'
import type { ParameterDefinition } from './definition.ts'

export type BlockSource = 'library' | 'module'

/** All a spec needs to know about a type. */
export interface BlockEntry {
  readonly type: string
  readonly summary: string
  readonly source: BlockSource
  readonly options: TObject
  readonly parameters: readonly ParameterDefinition[]
  readonly rowWise: boolean | 'children'
  readonly container: boolean
  /** Whether it is a HybridBlock; undefined where that shows only when it is made. */
  readonly isHybrid?: boolean
  /** Whether `prefix` and `share` may stand beside the options. */
  readonly isBlock: boolean
  /** A type that stands for a spec. */
  readonly spec?: Readonly<Record<string, unknown>>
  /** Absent for types that the builder of specs makes itself: `custom`, and those that stand for a spec. */
  readonly create?: (options: Readonly<Record<string, unknown>>) => Block
}

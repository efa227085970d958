/** What is kept about a model to answer from, and the answers made of it. Engines write it, the front process reads it. */
import type { Static } from 'typebox'
import type { BlockNode } from './schemas/block.ts'
import type { Signature } from './schemas/inference.ts'
import type { BlockView } from './schemas/block.ts'
import type { Model, ModelState, ModelSummary, SummaryRow } from './schemas/model.ts'
import type { Parameter } from './schemas/parameter.ts'
import { servingOf, type GivenServing } from './schemas/serving.ts'
import type { Open, Spec } from './schemas/spec.ts'

export type ParameterView = Static<typeof Parameter>

/** The part of a model that its block decides. */
export interface ModelDescription {
  readonly tree: BlockNode
  /** Gluon's text of each block by path; '' is the model. */
  readonly reprs: Readonly<Record<string, string>>
  readonly summary: ReadonlyArray<Static<typeof SummaryRow>>
  readonly parameters: readonly ParameterView[]
  readonly parameter_count: number
  readonly parameter_bytes: number
  readonly state: Exclude<ModelState, 'unavailable'>
  /** Absent in records of earlier versions of the program. */
  readonly signature?: Signature
}

/** The part of a model that is not in its description. */
export interface ModelFacts {
  readonly name: string
  readonly state: ModelState
  readonly reason: string | null
  readonly unloaded?: boolean
  readonly serving?: GivenServing
  readonly seed: number
  readonly architecture: string | null
  readonly spec: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
  readonly revision: number
  readonly created_at: string
  readonly updated_at: string
  readonly description: Readonly<Record<string, unknown>>
}

export const descriptionOf = (facts: ModelFacts): ModelDescription => facts.description as unknown as ModelDescription

export function summaryView (facts: ModelFacts): Static<typeof ModelSummary> {
  const { name, seed, architecture, revision, created_at, updated_at } = facts
  const { parameter_count, parameter_bytes } = descriptionOf(facts)
  return { name, ...availability(facts), seed, architecture, parameter_count, parameter_bytes, revision, created_at, updated_at }
}

/** An unloaded model is not available, whatever state its parameters are in. */
const availability = ({ state, reason, unloaded }: ModelFacts): Pick<ModelFacts, 'state' | 'reason'> =>
  unloaded === true ? { state: 'unavailable', reason: 'it was unloaded' } : { state, reason }

export function modelView (facts: ModelFacts): Static<typeof Model> {
  const { reprs, tree, summary } = descriptionOf(facts)
  const { spec, options } = facts
  return {
    ...summaryView(facts),
    repr: reprs[''] ?? '',
    tree,
    summary: [...summary],
    spec: spec as Spec,
    options: options as Open,
    serving: servingOf(facts)
  }
}

/** The block at a path; undefined when there is none. */
export function blockView (description: ModelDescription, path: string): Static<typeof BlockView> | undefined {
  const tree = nodeAt(description.tree, path)
  if (tree === undefined) return undefined
  const own = new Set(tree.parameters)
  const parameters = description.parameters.filter(parameter => own.has(parameter.name))
  return { path, type: tree.type, name: tree.name, repr: description.reprs[path] ?? '', tree, parameters }
}

/** The parameter of that full name, else of that structural name. */
export function findParameter (description: ModelDescription, name: string): ParameterView | undefined {
  return description.parameters.find(parameter => parameter.name === name) ??
    description.parameters.find(parameter => parameter.structural_names.includes(name))
}

function nodeAt (node: BlockNode, path: string): BlockNode | undefined {
  if (node.path === path) return node
  for (const child of node.children) {
    const found = path.startsWith(child.path) ? nodeAt(child, path) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

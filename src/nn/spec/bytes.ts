/** What parameters will take, told from options before anything is made. */
import { DTYPES, isDType, sizeOf, type Shape } from '../../tensor.ts'
import type { BlockEntry } from '../block-entry.ts'
import type { ParameterDefinition } from '../definition.ts'
import { own } from '../json.ts'

type Options = Readonly<Record<string, unknown>>

export interface PlannedParameter { readonly name: string, readonly shape: Shape, readonly bytes: number }

/** The parameters of a block whose shapes follow from its options; those of others are told by the first forward. */
export function plannedParameters (entry: BlockEntry, options: Options): PlannedParameter[] {
  const properties = entry.options.properties as Readonly<Record<string, { readonly default?: unknown }>>
  const value = (name: string): unknown => own(options, name) ?? properties[name]?.default
  return entry.parameters
    .filter(({ optional }) => optional === undefined || value(optional) !== false)
    .flatMap(parameter => planned(parameter, value))
}

export function bytesOfShape (shape: Shape, dtype: unknown): number {
  return sizeOf(shape) * DTYPES[isDType(dtype) ? dtype : 'float32'].bytes
}

function planned ({ name, shape: text }: ParameterDefinition, value: (name: string) => unknown): PlannedParameter[] {
  const dims = text.replace(/[()\s]/g, '').split(',').filter(word => word !== '')
  const shape = dims.map(word => /^\d+$/.test(word) ? Number(word) : value(word))
  const known = shape.every((dim): dim is number => typeof dim === 'number' && dim > 0)
  return known ? [{ name, shape, bytes: bytesOfShape(shape, value('dtype')) }] : []
}

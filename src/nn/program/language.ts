/** The statement language: Blocks defined as data. */
import { Type, type Static } from 'typebox'
import type { BlockEntry } from '../block-entry.ts'

/** A number, the name of a variable, or `[operator, …arguments]`. */
export type Expression = number | string | readonly unknown[]

/** `["let",v,e]`, `["return",e]`, `["while",e,[…]]`, `["if",e,[…],[…]?]`. */
export type Statement = readonly [string, ...unknown[]]

/** `["child",name,spec]`, `["append",spec]`, `["param",name,{…}]`, `["constant",name,{…}]`. */
export type InitStatement = readonly [string, ...unknown[]]

/** The input of a program. */
export const INPUT = 'x'

export const MAX_NESTING = 64
export const MAX_NODES = 10_000
export const MAX_STATEMENTS = 100_000
export const MAX_TURNS = 10_000

const statements = (description: string) => Type.Array(
  Type.Unsafe<Statement>({ description: 'A list: the name of the statement, then its arguments' }),
  { maxItems: MAX_NODES, description }
)

export const programOptions = Type.Object({
  class: Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$', description: 'Name of the class: shown in reprs, and in lower case the start of parameter names'
  }),
  init: statements('What the constructor does, in order: ["child",name,spec], ["append",spec], ["param",name,{shape,…}], ["constant",name,{…}]'),
  forward: Type.Union([
    statements('What forward(x) does: ["let",v,e], ["return",e], ["while",e,[…]], ["if",e,[…],[…]]'),
    Type.Null()
  ], { description: 'null: the Block has no forward' })
})

export type Program = Static<typeof programOptions>

export const PARAM_OPTIONS = Type.Object({
  shape: Type.Optional(Type.Array(Type.Integer({ minimum: -1 }), { maxItems: 6, description: 'Dimensions; 0 or -1 is not known yet' })),
  dtype: Type.Optional(Type.String({ enum: ['float32', 'float64', 'float16'] })),
  init: Type.Optional(Type.Unknown({ description: 'Its own initializer' })),
  grad_req: Type.Optional(Type.String({ enum: ['write', 'add', 'null'] })),
  lr_mult: Type.Optional(Type.Number()),
  wd_mult: Type.Optional(Type.Number())
})

/** The row of the type `custom`. */
export const customEntry: BlockEntry = {
  type: 'custom',
  summary: 'A Block defined by statements: what its constructor makes, and what its forward computes.',
  source: 'library',
  options: programOptions,
  parameters: [],
  rowWise: false,
  container: false,
  isHybrid: false,
  isBlock: true
}

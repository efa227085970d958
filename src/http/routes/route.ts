/** Where an operation stands in HTTP, and what follows from it: the schemas of path, query and body. */
import { Type } from 'typebox'
import type { TProperties, TSchema } from 'typebox'
import type { Input, Operation, Output } from '../../operations/define.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface RequestParts {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Members of the input stand in the path where the URL names them, in the query where `query` does, else in the body. */
export interface Placement<O extends Operation> {
  readonly method: Method
  /** With `:member` where a path parameter stands. */
  readonly url: string
  /** Of success; default 200, 204 for no output. */
  readonly status?: number
  readonly query?: readonly string[]
  /** The member that is the whole body. */
  readonly whole?: string
  /** The member that an application/octet-stream body is. */
  readonly upload?: string
  /** The Location header of success. */
  readonly location?: (output: Output<O>, input: Input<O>) => string
  /** For a body that is no part of the input: its schema, and how the input is put together. */
  readonly custom?: { readonly body: TSchema, readonly assemble: (parts: RequestParts) => object }
}

export interface Route extends Omit<Placement<Operation>, 'location'> {
  readonly operation: Operation
  readonly status: number
  readonly location?: (output: unknown, input: object) => string
}

/** One line of the route table. */
export function route<O extends Operation> (operation: O, placement: Placement<O>): Route {
  const status = placement.status ?? (isNothing(operation.output) ? 204 : 200)
  return { ...placement as Omit<Placement<Operation>, 'location'>, operation, status }
}

const isNothing = (schema: TSchema): boolean => (schema as { type?: string }).type === 'null'

export const pathMembers = ({ url }: Route): string[] => [...url.matchAll(/:(\w+)/g)].map(([, member]) => member!)

function pick (route: Route, members: readonly string[]): TProperties {
  const { properties } = route.operation.input
  return Object.fromEntries(members.map(member => [member, properties[member]!]))
}

const closed = { additionalProperties: false }

export const paramsSchema = (route: Route): TSchema => Type.Object(pick(route, pathMembers(route)), closed)
export const querySchema = (route: Route): TSchema => Type.Object(pick(route, route.query ?? []), closed)

/** The schema of the JSON body; undefined when the operation takes none. */
export function bodySchema (route: Route): TSchema | undefined {
  if (route.custom) return route.custom.body
  if (route.method === 'GET' || route.method === 'DELETE') return undefined
  if (route.whole !== undefined) return route.operation.input.properties[route.whole]
  const placed = new Set([...pathMembers(route), ...route.query ?? [], route.upload])
  const members = Object.keys(route.operation.input.properties).filter(member => !placed.has(member))
  const { oneOf } = route.operation.input as { oneOf?: unknown }
  return Type.Object(pick(route, members), { ...closed, ...oneOf !== undefined && { oneOf } })
}

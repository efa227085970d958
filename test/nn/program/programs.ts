/** The programs of the reference data in the form of specs, and what every test of specs needs. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BlockserveError } from '../../../src/errors.ts'
import type { Block } from '../../../src/nn/block.ts'
import { scoped } from '../../../src/nn/memory.ts'
import { array, hostOf, type NDArray } from '../../../src/nn/np/array.ts'
import { builtinBlocks } from '../../../src/nn/registry.ts'
import { Session, type SessionOptions } from '../../../src/nn/session.ts'
import { buildSpec } from '../../../src/nn/spec/index.ts'
import { hostTensor, type HostTensor, type Shape } from '../../../src/tensor.ts'
import { openBackend } from '../../backends.ts'

await openBackend()

export type Json = Readonly<Record<string, unknown>>

export const registry = builtinBlocks()

export const dense = (units: number, options: Json = {}): Json => ({ type: 'Dense', units, ...options })
export const sequential = (...children: unknown[]): Json => ({ type: 'Sequential', children })
export const program = (init: unknown[], forward: unknown, rest: Json = {}): Json => ({ type: 'custom', class: 'P', init, forward, ...rest })

/** Runs `fn` in a session of its own and frees what it made. */
export const inSession = <T>(fn: () => T, options: SessionOptions = {}): T => new Session({ seed: 0, ...options }).run(() => scoped(fn))

export const host = (shape: Shape, values: readonly number[]): HostTensor => hostTensor('float32', shape, Float32Array.from(values))

export const numbers = (value: NDArray): number[] => [...hostOf(value).data as Float32Array]

export interface Computed { readonly shape: Shape, readonly values: number[] }

/** The output of a forward over `x`. */
export function compute (forward: unknown, x: HostTensor, init: unknown[] = [], options: SessionOptions = {}): Computed {
  return inSession(() => {
    const block = buildSpec(program(init, forward), registry)
    block.initialize()
    const y = block.call(array(x)) as NDArray
    return { shape: y.shape, values: numbers(y) }
  }, options)
}

export const names = (block: Block): string[] => block.collect_params().keys()

/** The error a function throws. */
export function thrown (fn: () => unknown): BlockserveError {
  try {
    fn()
  } catch (error) {
    if (error instanceof BlockserveError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

interface Step { readonly op: string, readonly block?: unknown, readonly expect?: Json, readonly [name: string]: unknown }

/** The steps of a case of the reference data. */
export function reference (id: string): readonly Step[] {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../../../test/fixtures/gluon/models.json')
  const { cases } = JSON.parse(readFileSync(root, 'utf8')) as { cases: Array<{ id: string, program: Step[] }> }
  const found = cases.find(item => item.id === id)
  if (found === undefined) throw new Error(`no case ${id}`)
  return found.program
}

/** A block or an initializer of the reference data as a spec: `args` beside `type`. A random constant keeps its `args`. */
export function toSpec (given: unknown): unknown {
  if (Array.isArray(given)) return given.map(toSpec)
  if (typeof given !== 'object' || given === null) return given
  const { args, ...rest } = given as Json
  if (typeof rest.init === 'string') return { type: rest.init, ...args as Json }
  const flat = rest.type === undefined ? given : { ...rest, ...args as Json }
  return Object.fromEntries(Object.entries(flat).map(([key, value]) => [key, key === 'forward' ? value : toSpec(value)]))
}

/** The service as the chapter's cells use it: everything over HTTP. */
import { createHash } from 'node:crypto'
import { formatShape, hostTensor, type HostTensor, type Shape } from '../../../src/tensor.ts'
import type { Server } from '../server.ts'
import { fromWire, toWire, type WireTensor } from '../tensors.ts'

export type Json = Readonly<Record<string, unknown>>

export interface ParameterRow { readonly name: string, readonly shape: Shape, readonly dtype: string }

interface Node { readonly parameters: readonly string[], readonly children: readonly Node[] }
export interface BlockRow { readonly name: string, readonly repr: string, readonly tree: Node }

interface Ran { readonly output: HostTensor, readonly messages: readonly string[] }

export class Book {
  readonly #server: Server

  constructor (server: Server) {
    this.#server = server
  }

  get<T> (path: string): Promise<T> { return this.#server.ask<T>('GET', path) }

  /** A model that draws what MXNet draws in a fresh process. */
  async create (name: string, architecture: unknown, more: Json = {}): Promise<void> {
    await this.#server.ask('POST', '/v1/models', { name, seed: 0, architecture, ...more })
  }

  async isValid (spec: Json): Promise<boolean> {
    return (await this.#server.ask<{ valid: boolean }>('POST', '/v1/architectures/validate', spec)).valid
  }

  /** Gives what custom initializers printed. */
  async initialize (model: string, options: Json = {}): Promise<readonly string[]> {
    const { messages = [] } = await this.#server.ask<{ messages?: string[] }>('POST', `/v1/models/${model}/initialize`, options)
    return messages
  }

  async uniform (model: string, shape: Shape): Promise<HostTensor> {
    return fromWire(await this.#server.ask<WireTensor>('POST', `/v1/models/${model}/random`, { distribution: 'uniform', shape }))
  }

  /** Moves the model's stream past what earlier networks of the section have drawn in the book, where all of them share one stream. */
  async skip (model: string, draws: number): Promise<void> {
    await this.uniform(model, [draws])
  }

  async forward (model: string, x: HostTensor): Promise<Ran> {
    const { outputs: [output], messages = [] } =
      await this.#server.ask<{ outputs: WireTensor[], messages?: string[] }>('POST', `/v1/models/${model}/forward`, { inputs: [toWire(x)] })
    return { output: fromWire(output as WireTensor), messages }
  }

  async data (model: string, parameter: string, slice?: string): Promise<HostTensor> {
    return fromWire(await this.get<WireTensor>(`/v1/models/${model}/parameters/${parameter}/data${slice === undefined ? '' : `?slice=${slice}`}`))
  }

  async grad (model: string, parameter: string): Promise<HostTensor> {
    return fromWire(await this.get<WireTensor>(`/v1/models/${model}/parameters/${parameter}/grad`))
  }

  async patch (model: string, parameter: string, change: Json): Promise<void> {
    await this.#server.ask('PATCH', `/v1/models/${model}/parameters/${parameter}/data`, change)
  }

  async put (model: string, parameter: string, value: HostTensor): Promise<void> {
    await this.#server.ask('PUT', `/v1/models/${model}/parameters/${parameter}/data`, toWire(value))
  }

  parameter (model: string, name: string): Promise<ParameterRow> { return this.get(`/v1/models/${model}/parameters/${name}`) }

  block (model: string, path: string): Promise<BlockRow> { return this.get(`/v1/models/${model}/blocks/${path}`) }

  /** What Gluon prints for the `collect_params(select)` of a block. */
  async collectParams (model: string, path: string, select = ''): Promise<string> {
    const { name, tree } = await this.block(model, path)
    const below = new Set(namesBelow(tree))
    const { parameters } = await this.get<{ parameters: ParameterRow[] }>(`/v1/models/${model}/parameters?select=${encodeURIComponent(select)}`)
    return dictText(name, parameters.filter(parameter => below.has(parameter.name)))
  }

  async putArrays (name: string, arrays: Json): Promise<void> { await this.#server.ask('PUT', `/v1/arrays/${name}`, arrays) }

  /** Saves a checkpoint and gives its number. */
  async save (model: string): Promise<number> {
    return (await this.#server.ask<{ id: number }>('POST', `/v1/models/${model}/checkpoints`, { format: 'mxnet' })).id
  }

  async load (model: string, source: Json): Promise<void> { await this.#server.ask('POST', `/v1/models/${model}/load`, source) }

  async sha256 (path: string): Promise<string> {
    return createHash('sha256').update((await this.#server.request('GET', path)).bytes).digest('hex')
  }
}

const namesBelow = ({ parameters, children }: Node): string[] => [...parameters, ...children.flatMap(namesBelow)]

/** A parameter as Gluon prints it. */
export const parameterText = ({ name, shape, dtype }: ParameterRow): string => `Parameter ${name} (shape=${formatShape(shape)}, dtype=${dtype})`

/** A ParameterDict as Gluon prints it; its prefix is the name of its block. */
export const dictText = (block: string, parameters: readonly ParameterRow[]): string =>
  `${block === '' ? '' : `${block}_ `}(\n${parameters.map(parameter => `  ${parameterText(parameter)}\n`).join('')})`

/** The same for a dict of Parameters made without a dtype's name: they print the class of their dtype. */
export const withClasses = (parameters: readonly ParameterRow[]): ParameterRow[] =>
  parameters.map(parameter => ({ ...parameter, dtype: `<class 'numpy.${parameter.dtype}'>` }))

/** Element by element, as `a == b` in NumPy. */
export const equal = (a: HostTensor, b: HostTensor): HostTensor =>
  hostTensor('bool', a.shape, Uint8Array.from(a.data as Float32Array, (value, i) => Number(value === b.data[i])))

export const dense = (units: number, options: Json = {}): Json => ({ type: 'Dense', units, ...options })
export const sequential = (...children: Json[]): Json => ({ type: 'Sequential', children })

/**
 * One model of several networks, of which forward runs the one that the constant `which` names: so they count their names together and
 * draw from one stream, as the networks of a section do in the book.
 */
export function oneOf (networks: Readonly<Record<string, Json>>): Json {
  const names = Object.keys(networks)
  const runs = names.map((name, i) => ['if', ['lt', ['param', 'which'], i + 0.5], [['return', ['call', name, 'x']]]])
  return {
    type: 'custom',
    class: 'Section',
    init: [['constant', 'which', { values: [0] }], ...Object.entries(networks).map(([name, spec]) => ['child', name, spec])],
    forward: runs
  }
}

/** A client of the Open Inference Protocol, and the numbers it should get, found without the product. */
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import type { Server } from './server.ts'
import type { WireTensor } from './tensors.ts'

export type Rows = readonly (readonly number[])[]

export interface Form {
  readonly version?: number
  /** How the input goes, and how the output is asked for. */
  readonly input?: 'json' | 'binary'
  readonly output?: 'json' | 'binary'
  readonly encoding?: 'gzip' | 'deflate'
  readonly accept?: 'gzip' | 'deflate'
}

const PACK = { gzip: gzipSync, deflate: deflateSync }
const UNPACK = { gzip: gunzipSync, deflate: inflateSync }

export interface Inferred {
  readonly status: number
  readonly version: string | undefined
  readonly rows: number[][]
  readonly error: string | undefined
}

/** The bytes of a request for the input `data`, and its headers. */
export function requestFor (rows: Rows, { input = 'json', output = 'json', encoding, accept }: Form): { body: Buffer, headers: Record<string, string> } {
  const described = { name: 'data', datatype: 'FP32', shape: [rows.length, rows[0]?.length ?? 0] }
  const elements = Buffer.from(Float32Array.from(rows.flat()).buffer)
  const isBinary = input === 'binary'
  const content = isBinary ? { parameters: { binary_data_size: elements.length } } : { data: rows }
  const json = Buffer.from(JSON.stringify({ id: 'x', inputs: [{ ...described, ...content }], parameters: { binary_data_output: output === 'binary' } }))
  const plain = isBinary ? Buffer.concat([json, elements]) : json
  const headers = {
    ...isBinary && { 'inference-header-content-length': String(json.length) },
    ...encoding !== undefined && { 'content-encoding': encoding },
    ...accept !== undefined && { 'accept-encoding': accept }
  }
  return { body: encoding === undefined ? plain : PACK[encoding](plain), headers }
}

interface WireOutput { readonly shape: [number, number], readonly data?: number[] }
interface WireAnswer { readonly error?: string, readonly model_version?: string, readonly outputs?: readonly WireOutput[] }

/** Asks the server, in whatever form, and reads what it answers. */
export async function infer (server: Server, model: string, rows: Rows, form: Form = {}): Promise<Inferred> {
  const { body, headers } = requestFor(rows, form)
  const path = `/v2/models/${model}${form.version === undefined ? '' : `/versions/${form.version}`}/infer`
  const response = await fetch(server.url + path, { method: 'POST', body, headers: { 'accept-encoding': 'identity', ...headers } })
  // fetch has decompressed it.
  const bytes = Buffer.from(await response.arrayBuffer())
  const length = Number(response.headers.get('inference-header-content-length') ?? bytes.length)
  const { error, model_version: version, outputs: [output] = [] } = JSON.parse(bytes.subarray(0, length).toString()) as WireAnswer
  return { status: response.status, version, error, rows: output === undefined ? [] : rowsOf(output, bytes.subarray(length)) }
}

function rowsOf ({ shape: [count, width], data }: WireOutput, raw: Buffer): number[][] {
  const values = data ?? Array.from({ length: count * width }, (_, i) => raw.readFloatLE(i * 4))
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width))
}

export const unpack = (encoding: 'gzip' | 'deflate', bytes: Buffer): Buffer => UNPACK[encoding](bytes)

export interface Layer { readonly weight: number[][], readonly bias: number[] }

/** The layers of a model's live network. */
export async function layersOf (server: Server, model: string, paths: readonly string[]): Promise<Layer[]> {
  const read = async (name: string): Promise<WireTensor> => await server.ask('GET', `/v1/models/${model}/parameters/${name}/data`)
  return await Promise.all(paths.map(async path => {
    const [weight, bias] = await Promise.all([read(`${path}.weight`), read(`${path}.bias`)])
    const [units = 0, width = 0] = weight.shape
    const row = (unit: number): number[] => weight.data.slice(unit * width, (unit + 1) * width) as number[]
    return { weight: Array.from({ length: units }, (_, unit) => row(unit)), bias: bias.data as number[] }
  }))
}

/** Dense layers with ReLU between them, in plain loops over float64. */
export function expected (layers: readonly Layer[], rows: Rows): number[][] {
  return rows.map(row => layers.reduce((values, layer, depth) => apply(layer, values, depth < layers.length - 1), row.map(Math.fround)))
}

function apply ({ weight, bias }: Layer, values: readonly number[], rectify: boolean): number[] {
  return weight.map((weights, unit) => {
    let sum = bias[unit] as number
    for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (values[i] as number)
    return rectify ? Math.max(sum, 0) : sum
  })
}

/** The largest difference between two tables; infinite where their shapes differ. */
export function distance (a: Rows, b: Rows): number {
  if (a.length !== b.length || a.some((row, i) => row.length !== b[i]?.length)) return Infinity
  const differences = a.flatMap((row, i) => row.map((value, j) => Math.abs(value - (b[i]?.[j] ?? NaN))))
  return differences.reduce((largest, difference) => difference <= largest ? largest : difference, 0)
}

export const randomRows = (count: number, width: number, seed: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => Math.sin(seed * 1000 + i * width + j)))

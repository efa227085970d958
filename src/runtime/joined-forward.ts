import type { Request } from '../engine/channel.ts'
import { np, scoped, type NDArray } from '../nn/index.ts'
import { forward, modelInfer, type Input } from '../operations/index.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import { LIVE_VERSION, MOST_ROWS, type InferenceInput, type Measured } from '../operations/schemas/inference.ts'
import { bytesOf, hostTensor, sizeOf, type HostTensor, type Shape } from '../tensor.ts'
import { copyInto } from './inference/float32.ts'
import { namedOutputs } from './inference/outputs.ts'
import { Stopwatch } from './inference/stopwatch.ts'
import type { Network } from './network.ts'
import type { Runtime } from './runtime.ts'

/** The rows of a plain request: one float32 array for the only input of a network whose rows are apart. */
interface Rows { readonly network: Network, readonly shape: Shape, readonly parts: InferenceInput['parts'] }

/**
 * How many of the first requests one forward can answer: plain ones of one network in memory, of the same row shape.
 * 1 when they cannot be joined.
 */
export function joinable (runtime: Runtime, requests: readonly Request[]): number {
  const [first] = requests
  const rows = first === undefined || requests.length < 2 ? undefined : plainRows(runtime, first)
  if (rows === undefined) return 1
  const most = Math.min(MOST_ROWS, first?.most_rows ?? MOST_ROWS)
  let total = 0
  const count = requests.findIndex(request => {
    const other = plainRows(runtime, request)
    total += other?.shape[0] ?? 0
    return other === undefined || other.network !== rows.network || !sameRows(rows.shape, other.shape) || total > most
  })
  return Math.max(1, count === -1 ? requests.length : count)
}

/** The answers of joinable requests, in order. Throws when the joined forward fails; each may then be tried alone. */
export function runJoined (runtime: Runtime, requests: readonly Request[]): EngineAnswer[] {
  const inputs = requests.map(request => plainRows(runtime, request) as Rows)
  const { network } = inputs[0] as Rows
  const watch = new Stopwatch()
  return network.session.run(() => scoped(() => {
    const joined = np.array(joinRows(inputs))
    const input_ns = watch.lap()
    const result = network.block.call(joined) as NDArray
    const infer_ns = watch.lap()
    const parts = splitRows(np.hostOf(result), inputs.map(({ shape }) => shape[0] as number))
    const measured = { input_ns, infer_ns, output_ns: watch.lap(), batch: joined.shape[0] as number }
    return parts.map((part, i) =>
      answer(network, requests[i] as Request, part, { ...measured, rows: part.shape[0] as number, leads: i === 0 }))
  }))
}

function answer (network: Network, { operation, input }: Request, part: HostTensor, measured: Measured): EngineAnswer {
  if (operation === forward.name) return { output: { outputs: [part] }, revision: network.revision }
  const { model, outputs: requested } = (input as Envelope).input as Input<typeof modelInfer>
  const outputs = namedOutputs(network, [part], requested)
  return { output: { model, version: network.version, outputs, measured }, revision: network.revision }
}

function plainRows (runtime: Runtime, request: Request): Rows | undefined {
  if (request.operation === forward.name) return forwardRows(runtime, request)
  return request.operation === modelInfer.name ? inferenceRows(runtime, request) : undefined
}

function forwardRows ({ models }: Runtime, { input }: Request): Rows | undefined {
  const { model, inputs, train_mode, capture } = (input as Envelope).input as Input<typeof forward>
  const network = models.peek(model)
  const [only] = inputs
  if (inputs.length !== 1 || train_mode === true || capture !== undefined || only === undefined || !('dtype' in only)) return undefined
  return canJoin(network) && only.dtype === 'float32' && hasRows(only.shape) ? { network, shape: only.shape, parts: [bytesOf(only)] } : undefined
}

function inferenceRows ({ models }: Runtime, { input }: Request): Rows | undefined {
  const { model, version = LIVE_VERSION, inputs, outputs = [] } = (input as Envelope).input as Input<typeof modelInfer>
  const network = version === LIVE_VERSION ? models.peek(model) : models.versions.peek(model, version)
  const [only] = inputs
  if (inputs.length !== 1 || only === undefined || !canJoin(network)) return undefined
  const isKnown = only.name === network.signature.inputs[0]?.name && outputs.every(({ name }) => name === 'output')
  const isPlain = only.datatype === 'FP32' && hasRows(only.shape) && bytesIn(only) === sizeOf(only.shape) * Float32Array.BYTES_PER_ELEMENT
  return isKnown && isPlain ? { network, shape: only.shape, parts: only.parts } : undefined
}

const hasRows = (shape: Shape): boolean => shape.length > 1 && sizeOf(shape) > 0

const bytesIn = ({ parts }: InferenceInput): number => parts.reduce((total, part) => total + part.byteLength, 0)

/** Rows are apart, and there is nothing that a forward would draw or complete. */
const canJoin = (network: Network | undefined): network is Network =>
  network !== undefined && network.signature.row_wise && network.isReady && network.signature.inputs.length === 1

const sameRows = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, axis) => axis === 0 || dim === b[axis])

function joinRows (inputs: readonly Rows[]): HostTensor {
  const rows = inputs.reduce((total, { shape }) => total + (shape[0] as number), 0)
  const rest = inputs[0]?.shape.slice(1) ?? []
  const data = new Float32Array(rows * sizeOf(rest))
  const bytes = new Uint8Array(data.buffer)
  inputs.reduce((at, { parts }) => copyInto(bytes, at, parts), 0)
  return hostTensor('float32', [rows, ...rest], data)
}

function splitRows (output: HostTensor, counts: readonly number[]): HostTensor[] {
  const rest = output.shape.slice(1)
  const width = sizeOf(rest)
  let row = 0
  return counts.map(count => {
    const data = output.data.slice(row * width, (row + count) * width) as Float32Array<ArrayBuffer>
    row += count
    return hostTensor(output.dtype, [count, ...rest], data)
  })
}

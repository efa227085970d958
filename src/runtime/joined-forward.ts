import type { Request } from '../engine/channel.ts'
import { np, scoped, type NDArray } from '../nn/index.ts'
import { forward, type Input, type Output } from '../operations/index.ts'
import type { EngineAnswer, Envelope } from '../operations/envelope.ts'
import { hostTensor, sizeOf, type HostTensor } from '../tensor.ts'
import type { LiveModel } from './live-model.ts'
import type { Runtime } from './runtime.ts'

/** Most rows of one joined forward. */
const MOST_ROWS = 4096

/**
 * How many of the first requests one forward can answer: plain forwards of one row-wise model, each with one float32
 * input of the same row shape. 1 when they cannot be joined.
 */
export function joinable (runtime: Runtime, requests: readonly Request[]): number {
  const [first] = requests
  const input = first === undefined ? undefined : plainInput(first)
  if (first === undefined || input === undefined || requests.length < 2) return 1
  const model = runtime.models.peek(first.model ?? '')
  if (model === undefined || !canJoin(model)) return 1
  let rows = 0
  const count = requests.findIndex(request => {
    const other = request.model === first.model ? plainInput(request) : undefined
    rows += other?.shape[0] ?? 0
    return other === undefined || !sameRows(input, other) || rows > MOST_ROWS
  })
  return Math.max(1, count === -1 ? requests.length : count)
}

/** The answers of joinable requests, in order. Throws when the joined forward fails; each may then be tried alone. */
export function runJoined (runtime: Runtime, requests: readonly Request[]): EngineAnswer[] {
  const model = runtime.models.get(requests[0]?.model ?? '')
  const inputs = requests.map(request => plainInput(request) as HostTensor)
  const output = model.session.run(() => scoped(() => np.hostOf(model.block.call(np.array(joinRows(inputs))) as NDArray)))
  return splitRows(output, inputs.map(input => input.shape[0] as number)).map(part => ({ output: answer(part), revision: model.revision }))
}

const answer = (part: HostTensor): Output<typeof forward> => ({ outputs: [part] })

/** Row-wise, and nothing that a forward would draw or complete. */
const canJoin = (model: LiveModel): boolean => model.block.row_wise && model.description.state === 'ready'

function plainInput ({ operation, input }: Request): HostTensor | undefined {
  if (operation !== forward.name) return undefined
  const { inputs, train_mode, capture } = (input as Envelope).input as Input<typeof forward>
  const [only] = inputs
  const plain = inputs.length === 1 && train_mode !== true && capture === undefined && only !== undefined && 'dtype' in only
  return plain && only.dtype === 'float32' && only.shape.length > 1 && sizeOf(only.shape) > 0 ? only : undefined
}

const sameRows = (a: HostTensor, b: HostTensor): boolean =>
  a.shape.length === b.shape.length && a.shape.every((dim, axis) => axis === 0 || dim === b.shape[axis])

function joinRows (inputs: readonly HostTensor[]): HostTensor {
  const rows = inputs.reduce((total, input) => total + (input.shape[0] as number), 0)
  const rest = inputs[0]?.shape.slice(1) ?? []
  const data = new Float32Array(rows * sizeOf(rest))
  let at = 0
  for (const input of inputs) {
    data.set(input.data as Float32Array, at)
    at += input.data.length
  }
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

/** onnxruntime-node, with models made here. Images are channels first, which it is made for. */
import { InferenceSession, Tensor as Value, env } from 'onnxruntime-node'
import { CONV, type Case } from './cases.ts'
import type { Engine, EngineOptions, Prepared } from './engine.ts'
import { encodeModel, type Graph, type Operator } from './onnx-model.ts'
import { sample } from './reference.ts'
import { layersOf, readTensors, sizeOf, type Tensor } from './tensors.ts'

type Tensors = Readonly<Record<string, Tensor>>

export async function openOnnx ({ threads, tensors }: EngineOptions): Promise<Engine> {
  const version = env.versions.node ?? ''
  return { device: `onnxruntime-node ${version}, ${threads} thread${threads === 1 ? '' : 's'}`, prepare: one => prepare(one, tensors, threads) }
}

async function prepare (one: Case, folder: string, threads: number): Promise<Prepared> {
  const tensors = await readTensors(folder, one)
  const graph = one.net === 'conv' ? convolution(tensors) : perceptron(tensors)
  const session = await InferenceSession.create(encodeModel(graph), { intraOpNumThreads: threads, interOpNumThreads: 1 })
  const input = permute(tensors['x'] as Tensor, one.net === 'conv' ? [0, 3, 1, 2] : [0, 1])
  const compute = async (): Promise<Float32Array<ArrayBuffer>> => {
    const { y } = await session.run({ x: new Value('float32', input.data, input.shape) })
    return (y as Value).data as Float32Array<ArrayBuffer>
  }
  const answer = async (): Promise<number[]> =>
    sample(permute({ shape: graph.y, data: await compute() }, one.net === 'conv' ? [0, 2, 3, 1] : [0, 1]).data)
  return { run: async () => { await compute() }, answer }
}

function perceptron (tensors: Tensors): Graph {
  const layers = layersOf(tensors)
  const x = (tensors['x'] as Tensor).shape
  const operators = layers.flatMap((_, i): Operator[] => {
    const input = i === 0 ? 'x' : `r${i - 1}`
    const last = i === layers.length - 1
    const product = { type: 'Gemm', inputs: [input, `w${i}`, `b${i}`], output: last ? 'y' : `g${i}` }
    return last ? [product] : [product, { type: 'Relu', inputs: [`g${i}`], output: `r${i}` }]
  })
  const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => /^[wb]\d$/.test(name)))
  return { operators, weights, x, y: [x[0] as number, layers.at(-1)?.bias.shape[0] as number] }
}

function convolution (tensors: Tensors): Graph {
  const { side, channels, kernel } = CONV
  const batch = (tensors['x'] as Tensor).shape[0] as number
  const around = kernel >> 1
  const attributes = { kernel_shape: [kernel, kernel], pads: [around, around, around, around], strides: [1, 1] }
  const shape = [batch, channels, side, side]
  return {
    operators: [{ type: 'Conv', inputs: ['x', 'w'], output: 'y', attributes }],
    weights: { w: permute(tensors['w'] as Tensor, [3, 2, 0, 1]) },
    x: shape,
    y: shape
  }
}

/** The tensor with its axes in another order. */
function permute ({ shape, data }: Tensor, axes: readonly number[]): Tensor {
  if (axes.every((axis, i) => axis === i)) return { shape, data }
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const wanted = axes.map(axis => ({ size: shape[axis] as number, stride: strides[axis] as number }))
  const result = new Float32Array(data.length)
  let at = 0
  const walk = (axis: number, from: number): void => {
    const { size, stride } = wanted[axis] as { size: number, stride: number }
    for (let i = 0; i < size; i++) {
      if (axis === wanted.length - 1) result[at++] = data[from + i * stride] as number
      else walk(axis + 1, from + i * stride)
    }
  }
  walk(0, 0)
  return { shape: wanted.map(({ size }) => size), data: result }
}

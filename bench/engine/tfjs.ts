/** TensorFlow.js without Blocks: on the project's backends, and on its WASM as it comes, without corrected kernels. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { selectBackend } from '../../src/backend/select.ts'
import { LEARNING_RATE, type Case } from './cases.ts'
import { Absent, type Engine, type EngineOptions, type Prepared } from './engine.ts'
import { sample, stepAnswer, trained } from './reference.ts'
import { layersOf, readTensors, type Tensor } from './tensors.ts'

type Tensors = Readonly<Record<string, Tensor>>

export async function openTfjs ({ backend = 'wasm', threads, tensors, nativeFolder }: EngineOptions): Promise<Engine> {
  const report = await selectBackend({ want: backend, threads, nativeFolder })
  if (report.threads.value !== threads) throw new Absent(report.threads.reason)
  return { device: report.device, prepare: one => prepare(one, tensors) }
}

export async function openStockWasm ({ tensors }: EngineOptions): Promise<Engine> {
  const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm')
  if (!await tf.setBackend('wasm')) throw new Absent('this Node cannot run WebAssembly')
  return { device: `@tensorflow/tfjs-backend-wasm ${version} as it comes`, prepare: one => prepare(one, tensors) }
}

async function prepare (one: Case, folder: string): Promise<Prepared> {
  const tensors = await readTensors(folder, one)
  if (one.what === 'step') return step(tensors, one.gluon)
  return forward(tensors, one.net === 'conv' ? convolution(tensors) : perceptron(tensors))
}

export const upload = ({ data, shape }: Tensor): tf.Tensor => tf.tensor(data, [...shape], 'float32')

function forward (tensors: Tensors, apply: (x: tf.Tensor) => tf.Tensor): Prepared {
  const x = tensors['x'] as Tensor
  const compute = (): Float32Array => hostValues(() => apply(upload(x)))
  return { run: () => { compute() }, answer: () => sample(compute()) }
}

/** A tidy would look at every element of an array that it returns. */
export function hostValues (compute: () => tf.Tensor): Float32Array {
  tf.engine().startScope()
  const values = compute().dataSync<'float32'>()
  tf.engine().endScope()
  return values
}

/** The operations of a Block, without Blocks. */
export function perceptron (tensors: Tensors): (x: tf.Tensor) => tf.Tensor {
  const layers = layersOf(tensors).map(({ weight, bias }) => ({ weight: tf.keep(upload(weight)), bias: tf.keep(upload(bias)) }))
  return affineChain(layers, false)
}

interface Layer { readonly weight: tf.Tensor, readonly bias: tf.Tensor }

function affineChain (layers: readonly Layer[], transposed: boolean): (x: tf.Tensor) => tf.Tensor {
  return x => layers.reduce((value, { weight, bias }, i) => {
    const sum = tf.add(tf.matMul(value, weight, false, transposed), bias)
    return i === layers.length - 1 ? sum : tf.relu(sum)
  }, x)
}

export function convolution (tensors: Tensors): (x: tf.Tensor) => tf.Tensor {
  const weights = tf.keep(upload(tensors['w'] as Tensor)) as tf.Tensor4D
  return x => tf.conv2d(x as tf.Tensor4D, weights, 1, 'same')
}

function step (tensors: Tensors, gluon: boolean): Prepared {
  const laid = (weight: tf.Tensor): tf.Tensor => gluon ? tf.transpose(weight) : weight
  const layers = layersOf(tensors).map(({ weight, bias }) =>
    ({ weight: tf.variable(laid(upload(weight))), bias: tf.variable(upload(bias)) }))
  const [x, y] = [tensors['x'] as Tensor, tensors['y'] as Tensor]
  const optimizer = tf.train.sgd(LEARNING_RATE)
  const apply = affineChain(layers, gluon)
  const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(upload(y), apply(upload(x)))
  const run = (): number => hostValues(() => optimizer.minimize(loss, true) as tf.Tensor)[0] as number
  const values = (): Float32Array[] => layers.flatMap(({ weight, bias }) => [hostValues(() => laid(weight)), bias.dataSync<'float32'>()])
  return { run: () => { run() }, answer: () => stepAnswer(run(), trained(tensors).map(({ data }) => data), values()) }
}

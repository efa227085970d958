/** What each layer of the project adds to the bare operations: Blocks, host memory, the engine's handling of a request. */
import * as tf from '@tensorflow/tfjs-core'
import { autograd, np, scoped, Sequential, type Dense, type NDArray } from '../../src/nn/index.ts'
import type { HostTensor } from '../../src/tensor.ts'
import { CONV, WIDTHS } from './cases.ts'
import { channelsLast, Conv } from './conv-block.ts'
import { openDispatching, type Dispatching } from './dispatching.ts'
import { distance } from './reference.ts'
import { hostValues } from './tfjs.ts'

/** One way to do the same, and the way that it is compared with. */
export interface Way {
  readonly name: string
  readonly beside?: string
  readonly run: () => unknown
}

type Apply = (x: NDArray) => NDArray

const IMAGE_LAYERS = 3

/** 784-256-10 for a batch: device to device, host to host, as one request, and for several rows as one request each. */
export function perceptronWays (batch: number): Way[] {
  const engine = openDispatching(WIDTHS.small)
  process.once('exit', engine.close)
  const block: Apply = x => engine.block.call(x) as NDArray
  const bare = bareDense([...engine.block.children.values()] as Dense[])
  const x: HostTensor = { dtype: 'float32', shape: [batch, WIDTHS.small[0]], data: noise(batch * WIDTHS.small[0]) }
  const input = tf.keep(np.array(x))
  return [...onDevice(bare, block, input), ...trained(block, input), ...throughHost(bare, block, engine, x)]
}

/** Three convolutions with relu on one image, 0.69 GFLOP. */
export function convolutionWays (): Way[] {
  const { side, channels, kernel } = CONV
  const net = new Sequential().add(...Array.from({ length: IMAGE_LAYERS }, () => new Conv(channels, kernel)))
  net.initialize()
  const weights = [...net].map(layer => tf.keep(channelsLast((layer as Conv).weight.data())) as tf.Tensor4D)
  const bare: Apply = x => weights.reduce((value, weight) => tf.relu(tf.conv2d(value as tf.Tensor4D, weight, 1, 'same')), x)
  const x = np.array({ dtype: 'float32', shape: [1, side, side, channels], data: noise(side * side * channels) })
  return onDevice(bare, x => net.call(x) as NDArray, tf.keep(x))
}

const noise = (length: number): Float32Array<ArrayBuffer> => Float32Array.from({ length }, (_, i) => Math.sin(i * i))

/** What the Blocks run, with the tensors they run it on. */
function bareDense (layers: readonly Dense[]): Apply {
  const weights = layers.map(({ weight, bias }) => ({ weight: tf.keep(tf.transpose(weight.data())), bias: bias?.data() as NDArray }))
  return x => weights.reduce((value, { weight, bias }, i) => {
    const sum = tf.add(tf.matMul(value, weight), bias)
    return i === layers.length - 1 ? sum : tf.relu(sum)
  }, x)
}

function onDevice (bare: Apply, block: Apply, x: NDArray): Way[] {
  agree(hostValues(() => bare(x)), hostValues(() => block(x)))
  const within = (apply: Apply) => (): void => {
    tf.engine().startScope()
    apply(x)
    tf.engine().endScope()
  }
  return [{ name: 'bare', run: within(bare) }, { name: 'block', beside: 'bare', run: within(block) }]
}

function trained (block: Apply, x: NDArray): Way[] {
  const record = (): NDArray => autograd.record(() => block(x))
  return [
    { name: 'record', beside: 'block', run: () => scoped(() => { record() }) },
    { name: 'backward', beside: 'record', run: () => scoped(() => { autograd.backward(record()) }) }
  ]
}

function throughHost (bare: Apply, block: Apply, engine: Dispatching, x: HostTensor): Way[] {
  const bareHost = (): Float32Array => hostValues(() => bare(tf.tensor(x.data as Float32Array, [...x.shape], 'float32')))
  const blockHost = (): HostTensor => scoped(() => np.hostOf(block(np.array(x))))
  agree(bareHost(), blockHost().data as Float32Array)
  const request = engine.alone(x)
  agree(bareHost(), request().data as Float32Array)
  const rows: Way[] = x.shape[0] === 1 ? [] : [{ name: 'rows', beside: 'host block', run: engine.joined(x) }]
  return [
    { name: 'host bare', beside: 'bare', run: bareHost },
    { name: 'host block', beside: 'host bare', run: blockHost },
    { name: 'request', beside: 'host block', run: request },
    ...rows
  ]
}

function agree (expected: Float32Array, received: Float32Array): void {
  const off = distance(received, [...expected])
  if (!(off < 1e-5)) throw new Error(`two ways to compute the same differ by ${off}`)
}

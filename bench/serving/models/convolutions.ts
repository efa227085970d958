/** Blocks of the network of convolutions, for the server's folder of modules and for the engine in process. Images are channels last. */
import * as tf from '@tensorflow/tfjs-core'
import { Block, Type, type BlockDefinition, type NDArray, type Parameter, type Shape } from 'blockserve'

const KERNEL = 3

/** A 3×3 convolution of stride 1 that keeps the size of its images, then relu: (batch, height, width, in) to (…, out). */
export class BenchConv extends Block {
  static override readonly definition: BlockDefinition<BenchConv> = {
    type: 'BenchConv',
    summary: 'A 3×3 convolution with relu.',
    options: Type.Object({ channels: Type.Integer(), in_channels: Type.Integer() }),
    parameters: [{ name: 'weight', shape: '(channels, in_channels, 3, 3)' }],
    rowWise: true,
    inferShape: (block, [input = []]) => [[...input.slice(0, -1), block.channels]],
    create: ({ channels, in_channels }: { readonly channels: number, readonly in_channels: number }) => new BenchConv(channels, in_channels)
  }

  readonly channels: number
  readonly weight: Parameter

  constructor (channels: number, inChannels: number) {
    super()
    this.channels = channels
    this.weight = this.params.get('weight', { shape: [channels, inChannels, KERNEL, KERNEL] })
  }

  override forward (x: NDArray): NDArray {
    return tf.relu(tf.conv2d(x as tf.Tensor4D, this.weight.derived('hwio', channelsLast) as tf.Tensor4D, 1, 'same'))
  }
}

const channelsLast = (weight: NDArray): NDArray => tf.transpose(weight, [2, 3, 1, 0])

/** The mean of each channel: (batch, 56, 56, channels) to (batch, channels). */
export class BenchPool extends Block {
  static override readonly definition: BlockDefinition<BenchPool> = {
    type: 'BenchPool',
    summary: 'The mean of each channel.',
    options: Type.Object({}),
    parameters: [],
    rowWise: true,
    inferShape: (_block, [input = []]): readonly Shape[] => [[input[0] ?? -1, input.at(-1) ?? -1]],
    create: () => new BenchPool()
  }

  override forward (x: NDArray): NDArray {
    return tf.mean(x, [1, 2])
  }
}

import * as tf from '@tensorflow/tfjs-core'
import { Block, type NDArray, type Parameter } from '../../src/nn/index.ts'

/** A convolution of stride 1 that keeps the size of its images, then relu: (batch, height, width, in) to (batch, height, width, out). */
export class Conv extends Block {
  readonly weight: Parameter

  constructor (channels: number, kernel: number) {
    super()
    this.weight = this.params.get('weight', { shape: [channels, channels, kernel, kernel] })
  }

  override forward (x: NDArray): NDArray {
    return tf.relu(tf.conv2d(x as tf.Tensor4D, this.weight.derived('hwio', channelsLast) as tf.Tensor4D, 1, 'same'))
  }
}

/** Gluon's layout (out, in, height, width) as TensorFlow's kernels take it. */
export const channelsLast = (weight: NDArray): NDArray => tf.transpose(weight, [2, 3, 1, 0])

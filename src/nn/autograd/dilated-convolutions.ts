/** Gradients of dilated convolutions, which TensorFlow.js lacks: those of a filter that has zeros between its taps. */
import * as tf from '@tensorflow/tfjs-core'

type Pair = readonly [number, number]
type Attributes = Pick<tf.Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  readonly dilations?: Pair | number | null
  readonly dataFormat?: 'NHWC' | 'NCHW'
}

/** Hands the gradients of both convolutions of images, for any dilation, to `replace`. */
export function correctConvolutions (replace: (config: tf.GradConfig) => void): void {
  for (const kernelName of ['Conv2D', 'DepthwiseConv2dNative']) {
    const { gradFunc: undilated, ...config } = tf.getGradient(kernelName)
    replace({
      ...config,
      kernelName,
      gradFunc: (dy, saved, attrs) => {
        const dilations = pairOf((attrs as unknown as Attributes).dilations)
        if (dilations[0] === 1 && dilations[1] === 1) return undilated(dy, saved, attrs)
        const [x, filter] = saved as [tf.Tensor, tf.Tensor]
        return dilated(kernelName, dy as tf.Tensor, x, filter, attrs as unknown as Attributes, dilations)
      }
    })
  }
}

const pairOf = (dilations: Attributes['dilations']): Pair => typeof dilations === 'number' ? [dilations, dilations] : dilations ?? [1, 1]

function dilated (
  kernelName: string, dy: tf.Tensor, x: tf.Tensor, filter: tf.Tensor, attributes: Attributes, dilations: Pair
): ReturnType<tf.GradFunc> {
  const spread = spreadOut(filter, dilations)
  const attrs = { ...attributes, dilations: [1, 1], inputShape: x.shape, filterShape: spread.shape } as object as tf.NamedAttrMap
  const run = (name: string, inputs: tf.NamedTensorMap): tf.Tensor => tf.engine().runKernel(`${kernelName}${name}`, inputs, attrs)
  return {
    x: () => run('BackpropInput', { dy, filter: spread }),
    filter: () => gathered(run('BackpropFilter', { x, dy }), filter.shape, dilations)
  }
}

/** (h, w, …) to (dₕ·(h − 1) + 1, d_w·(w − 1) + 1, …), with zeros between. */
function spreadOut (filter: tf.Tensor, [rows, columns]: Pair): tf.Tensor {
  const [height = 0, width = 0, ...rest] = filter.shape
  const apart = tf.reshape(filter, [height, 1, width, 1, -1])
  const padded = tf.pad(apart, [[0, 0], [0, rows - 1], [0, 0], [0, columns - 1], [0, 0]])
  const whole = tf.reshape(padded, [height * rows, width * columns, ...rest])
  return tf.slice(whole, [0, 0, 0, 0], [(height - 1) * rows + 1, (width - 1) * columns + 1, -1, -1])
}

/** The taps of a spread filter. */
function gathered (spread: tf.Tensor, shape: number[], [rows, columns]: Pair): tf.Tensor {
  const [height = 0, width = 0] = shape
  const padded = tf.pad(spread, [[0, rows - 1], [0, columns - 1], [0, 0], [0, 0]])
  const apart = tf.reshape(padded, [height, rows, width, columns, -1])
  return tf.reshape(tf.slice(apart, [0, 0, 0, 0, 0], [height, 1, width, 1, -1]), shape)
}

/** The gradient of a convolution's image, by the fast kernel for convolutions. WASM's own is scalar. */
import * as tf from '@tensorflow/tfjs-core'
import { reshaped, inSteps, type Kernels, type Steps } from './steps.ts'
import { transposedConvolution, type Convolve } from './transposed-convolution.ts'

type Conv = tf.backend_util.Conv2DInfo
type Attributes = tf.Conv2DBackpropInputAttrs

/** Conv2DBackpropInput: `dy` (N, H', W', C') and `filter` (h, w, C, C') to (N, H, W, C). It is the forward of conv2dTranspose, too. */
export function conv2dGradInput (kernels: Kernels): tf.KernelFunc {
  const own = kernels('Conv2DBackpropInput')
  const channelsLast = inSteps(kernels, (steps, { dy, filter }, attrs) =>
    imageGradient(steps, dy as tf.TensorInfo, filter as tf.TensorInfo, attrs as Attributes))
  return params => (params.attrs as unknown as Attributes).dataFormat === 'NCHW' ? own(params) : channelsLast(params)
}

/** The same as a step, channels last. */
export function imageGradient (steps: Steps, dy: tf.TensorInfo, filter: tf.TensorInfo, attributes: Attributes): tf.TensorInfo {
  const conv = convolution(filter, attributes)
  const convolve: Convolve = (x, part, pad) =>
    steps.run('Conv2D', { x, filter: part }, { strides: 1, dilations: 1, pad, dataFormat: 'NHWC' })
  return transposedConvolution(steps, dy, channelsSwapped(steps, filter), conv, conv.inChannels, convolve)
}

const convolution = ({ shape }: tf.TensorInfo, { inputShape, strides, pad, dimRoundingMode }: Attributes): Conv =>
  tf.backend_util.computeConv2DInfo(inputShape, shape as Conv['filterShape'], strides, 1, pad, dimRoundingMode)

/** (h, w, C, C') to (h, w, C', C). */
function channelsSwapped (steps: Steps, filter: tf.TensorInfo): tf.TensorInfo {
  const [height = 0, width = 0, input = 0, output = 0] = filter.shape
  const swapped = steps.transpose(reshaped(filter, [height * width, input, output]), [0, 2, 1])
  return reshaped(swapped, [height, width, output, input])
}

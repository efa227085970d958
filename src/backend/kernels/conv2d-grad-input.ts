/** The gradient of a convolution's image, by the fast kernel for convolutions. WASM's own is scalar. */
import * as tf from '@tensorflow/tfjs-core'
import { reshaped, inSteps, type Kernels, type Steps } from './steps.ts'
import { transposedConvolution, type Convolve } from './transposed-convolution.ts'

type Conv = tf.backend_util.Conv2DInfo

/** Conv2DBackpropInput: `dy` (N, H', W', C') and `filter` (h, w, C, C') to (N, H, W, C). It is the forward of conv2dTranspose, too. */
export function conv2dGradInput (kernels: Kernels): tf.KernelFunc {
  const own = kernels('Conv2DBackpropInput')
  const channelsLast = inSteps(kernels, (steps, { dy, filter }, attrs) => {
    const conv = convolution(filter as tf.TensorInfo, attrs as tf.Conv2DBackpropInputAttrs)
    const convolve: Convolve = (x, part, pad) =>
      steps.run('Conv2D', { x, filter: part }, { strides: 1, dilations: 1, pad, dataFormat: 'NHWC' })
    const swapped = channelsSwapped(steps, filter as tf.TensorInfo)
    return transposedConvolution(steps, dy as tf.TensorInfo, swapped, conv, conv.inChannels, convolve)
  })
  return params => (params.attrs as unknown as tf.Conv2DBackpropInputAttrs).dataFormat === 'NCHW' ? own(params) : channelsLast(params)
}

const convolution = ({ shape }: tf.TensorInfo, { inputShape, strides, pad, dimRoundingMode }: tf.Conv2DBackpropInputAttrs): Conv =>
  tf.backend_util.computeConv2DInfo(inputShape, shape as Conv['filterShape'], strides, 1, pad, dimRoundingMode)

/** (h, w, C, C') to (h, w, C', C). */
function channelsSwapped (steps: Steps, filter: tf.TensorInfo): tf.TensorInfo {
  const [height = 0, width = 0, input = 0, output = 0] = filter.shape
  const swapped = steps.transpose(reshaped(filter, [height * width, input, output]), [0, 2, 1])
  return reshaped(swapped, [height, width, output, input])
}

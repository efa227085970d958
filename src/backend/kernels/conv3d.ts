/** Convolutions of volumes, by those of images with the channels of all planes under the filter. WASM's own are scalar, one is wrong. */
import * as tf from '@tensorflow/tfjs-core'
import { imageGradient } from './conv2d-grad-input.ts'
import { filterGradient } from './conv2d-grad-filter.ts'
import { nonNegative } from './pool-windows.ts'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'

type Conv = tf.backend_util.Conv3DInfo
type Attributes = Pick<tf.Conv3DAttrs, 'strides' | 'pad'> & { readonly dilations?: tf.Conv3DAttrs['dilations'] }

const convolution = (shape: readonly number[], filter: readonly number[], { strides, pad, dilations = 1 }: Attributes): Conv =>
  nonNegative(tf.backend_util.computeConv3DInfo(shape as Conv['inShape'], filter as Conv['filterShape'], strides, dilations, pad))

/** Conv3D: `x` (N, D, H, W, C) and `filter` (d, h, w, C, C') to (N, D', H', W', C'). */
export const conv3d = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, inputs, attrs) => {
  const { x, filter } = inputs as Record<'x' | 'filter', tf.TensorInfo>
  const conv = convolution(x.shape, filter.shape, attrs as Attributes)
  const planes = steps.run('Conv2D', { x: underFilter(steps, x, conv), filter: flattened(steps, filter) }, planeAttributes(conv))
  return reshaped(planes, conv.outShape)
})

/** Conv3DBackpropInputV2: `dy` (N, D', H', W', C') and `filter` to the shape of the volume. Also the forward of conv3dTranspose. */
export const conv3dGradInput = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, inputs, attrs) => {
  const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>
  const conv = convolution((attrs as tf.Conv3DBackpropInputV2Attrs).inputShape, filter.shape, attrs as Attributes)
  const attributes = { ...planeAttributes(conv), inputShape: underFilterShape(conv) }
  const gradient = imageGradient(steps, planesOf(dy), flattened(steps, filter), attributes)
  const dx = steps.make(conv.inShape)
  addPlanes(steps.floats(gradient), steps.floats(dx).fill(0), conv)
  return dx
})

/** Conv3DBackpropFilterV2: `x` and `dy` to the shape of the filter. */
export const conv3dGradFilter = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, inputs, attrs) => {
  const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>
  const { filterShape } = attrs as tf.Conv3DBackpropFilterV2Attrs
  const [depth, height, width, input, output] = filterShape
  const conv = convolution(x.shape, filterShape, attrs as Attributes)
  const shape: [number, number, number, number] = [height, width, depth * input, output]
  const gradient = filterGradient(steps, underFilter(steps, x, conv), planesOf(dy), { ...planeAttributes(conv), filterShape: shape })
  return steps.transpose(reshaped(gradient, [height, width, depth, input, output]), [2, 0, 1, 3, 4])
})

/** How the planes of a volume are convolved. */
function planeAttributes ({ strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo }: Conv) {
  const pad: tf.backend_util.ExplicitPadding = [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]
  const strides: [number, number] = [strideHeight, strideWidth]
  const dilations: [number, number] = [dilationHeight, dilationWidth]
  return { strides, dilations, pad, dataFormat: 'NHWC' as const }
}

/** (d, h, w, C, C') to (h, w, d·C, C'). */
function flattened (steps: Steps, filter: tf.TensorInfo): tf.TensorInfo {
  const [depth = 0, height = 0, width = 0, input = 0, output = 0] = filter.shape
  return reshaped(steps.transpose(filter, [1, 2, 0, 3, 4]), [height, width, depth * input, output])
}

const planesOf = (x: tf.TensorInfo): tf.TensorInfo => reshaped(x, [(x.shape[0] as number) * (x.shape[1] as number), ...x.shape.slice(2)])

const underFilterShape = ({ batchSize, outDepth, inHeight, inWidth, filterDepth, inChannels }: Conv): [number, number, number, number] =>
  [batchSize * outDepth, inHeight, inWidth, filterDepth * inChannels]

/** (N, D, H, W, C) to (N·D', H, W, d·C): all planes that the filter sees at one depth, 0 outside. */
function underFilter (steps: Steps, x: tf.TensorInfo, conv: Conv): tf.TensorInfo {
  const gathered = steps.make(underFilterShape(conv))
  const [from, to] = [steps.floats(x), steps.floats(gathered)]
  const { inChannels } = conv
  eachPlane(conv, (outside, plane, slot, step) => {
    for (let i = 0; i < conv.inHeight * conv.inWidth; i++) {
      for (let channel = 0; channel < inChannels; channel++) {
        to[slot + i * step + channel] = outside ? 0 : from[plane + i * inChannels + channel] as number
      }
    }
  })
  return gathered
}

/** The way back: every plane gets the sum of what it gave. */
function addPlanes (gathered: Float32Array, dx: Float32Array, conv: Conv): void {
  const { inChannels } = conv
  eachPlane(conv, (outside, plane, slot, step) => {
    if (outside) return
    for (let i = 0; i < conv.inHeight * conv.inWidth; i++) {
      for (let channel = 0; channel < inChannels; channel++) {
        const at = plane + i * inChannels + channel
        dx[at] = (dx[at] as number) + (gathered[slot + i * step + channel] as number)
      }
    }
  })
}

/** Visits every plane under the filter at every depth: where it lies in the volume, and where and how far apart its pixels are gathered. */
function eachPlane (conv: Conv, visit: (outside: boolean, plane: number, slot: number, step: number) => void): void {
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, filterDepth, strideDepth, dilationDepth, padInfo } = conv
  const size = inHeight * inWidth * inChannels
  for (let output = 0; output < batchSize * outDepth; output++) {
    for (let tap = 0; tap < filterDepth; tap++) {
      const depth = (output % outDepth) * strideDepth + tap * dilationDepth - padInfo.front
      const plane = (Math.floor(output / outDepth) * inDepth + depth) * size
      visit(depth < 0 || depth >= inDepth, plane, output * filterDepth * size + tap * inChannels, filterDepth * inChannels)
    }
  }
}

/** Paddings that the kernels of convolutions and pools count wrong are written out for every side. */
import * as tf from '@tensorflow/tfjs-core'

type Conv = tf.backend_util.Conv2DInfo

/** Kernels that take one number: they count with the window's height alone, and write past their output where its width differs. */
const NUMBERED = [
  'Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'FusedConv2D',
  'DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 'FusedDepthwiseConv2D',
  'AvgPool', 'AvgPoolGrad', 'MaxPool', 'MaxPoolGrad'
]

/** Kernels that leave `same` to their library, which computes nothing at all where a stride passes over the last rows. */
const CONVOLUTIONS = ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D']

type Attributes = tf.Conv2DAttrs | tf.DepthwiseConv2dNativeAttrs

/** `run`, the kernel `name`, with such paddings written out. */
export function writtenOut (name: string, run: tf.KernelFunc): tf.KernelFunc {
  if (!NUMBERED.includes(name)) return run
  return params => {
    const attrs = params.attrs as unknown as Attributes
    const pad = sides(name, params.inputs, attrs)
    return pad === undefined ? run(params) : run({ ...params, attrs: { ...params.attrs as tf.NamedAttrMap, pad } })
  }
}

function sides (name: string, { x, filter }: tf.NamedTensorInfoMap, attrs: Attributes): tf.backend_util.ExplicitPadding | undefined {
  const { pad } = attrs
  if (typeof pad === 'number') return inOrder([pad, pad], [pad, pad], attrs)
  if (pad !== 'same' || !CONVOLUTIONS.includes(name)) return undefined
  const { padInfo: { top, bottom, left, right } } = convolution(name, x as tf.TensorInfo, filter as tf.TensorInfo, attrs)
  return inOrder([top, bottom], [left, right], attrs)
}

const inOrder = (rows: [number, number], columns: [number, number], attrs: Attributes): tf.backend_util.ExplicitPadding =>
  'dataFormat' in attrs && attrs.dataFormat === 'NCHW' ? [[0, 0], [0, 0], rows, columns] : [[0, 0], rows, columns, [0, 0]]

function convolution (name: string, x: tf.TensorInfo, filter: tf.TensorInfo, attrs: Attributes): Conv {
  const { strides, dilations, pad, dimRoundingMode } = attrs
  const [image, window] = [x.shape as Conv['inShape'], filter.shape as Conv['filterShape']]
  return tf.backend_util.computeConv2DInfo(image, window, strides, dilations ?? 1, pad, dimRoundingMode, name.includes('Depthwise'))
}

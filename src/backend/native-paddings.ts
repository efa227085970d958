/**
 * Paddings of convolutions on the native backend. TensorFlow takes one for every side, but the package passes it on forwards alone. And
 * oneDNN's gradient of a filter writes past its memory where strides are longer than the filter, unless every side's padding is given.
 */
import * as tf from '@tensorflow/tfjs-core'

type Shape = [number, number, number, number]
type Sides = tf.backend_util.ExplicitPadding

/** An attribute of one of TensorFlow's own operations. */
interface Attribute { readonly name: string, readonly type: number, readonly value: unknown }

/** The part of the package's backend that its kernels for convolutions call. */
interface Executor {
  readonly binding: { readonly TF_ATTR_INT: number }
  executeSingleOutput (name: string, attributes: readonly Attribute[], inputs: readonly tf.TensorInfo[]): tf.TensorInfo
}

const FORWARD = ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D']
const GRADIENTS = [
  'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'
]

/** Registers the kernels of convolutions and their gradients so that they take any padding. */
export function takePaddings (): void {
  for (const name of FORWARD) replace(name, run => (params, pad) => run(withPad(params, pad)))
  // With the sizes given, the package's kernel needs no padding itself.
  for (const name of GRADIENTS) {
    replace(name, run => (params, pad) => run({ ...withPad(params, 'valid'), backend: padded(params.backend as object as Executor, pad) }))
  }
}

type Params = Parameters<tf.KernelFunc>[0]

function replace (name: string, padding: (run: tf.KernelFunc) => (params: Params, pad: Sides) => ReturnType<tf.KernelFunc>): void {
  const config = tf.getKernel(name, 'tensorflow')
  const run = padding(config.kernelFunc)
  tf.unregisterKernel(name, 'tensorflow')
  tf.registerKernel({
    ...config,
    kernelFunc: params => {
      const pad = sidesOf(params.attrs as unknown as tf.Conv2DAttrs) ?? (name === 'Conv2DBackpropFilter' ? skippingSides(params) : undefined)
      return pad === undefined ? config.kernelFunc(params) : run(params, pad)
    }
  })
}

const withPad = (params: Params, pad: Sides | 'valid'): Params => ({ ...params, attrs: { ...params.attrs as tf.NamedAttrMap, pad } })

function sidesOf ({ pad, dataFormat }: tf.Conv2DAttrs): Sides | undefined {
  if (typeof pad === 'string') return undefined
  if (typeof pad !== 'number') return pad
  return dataFormat === 'NCHW' ? [[0, 0], [0, 0], [pad, pad], [pad, pad]] : [[0, 0], [pad, pad], [pad, pad], [0, 0]]
}

/** The padding of a filter's gradient whose strides pass over pixels that the filter does not reach. */
function skippingSides ({ inputs, attrs }: Params): Sides | undefined {
  const { strides, pad, filterShape, dimRoundingMode, dataFormat } = attrs as unknown as tf.Conv2DBackpropFilterAttrs
  const [rows, columns] = typeof strides === 'number' ? [strides, strides] : strides
  if (dataFormat === 'NCHW' || (rows <= filterShape[0] && columns <= filterShape[1])) return undefined
  const { shape } = inputs['x'] as tf.TensorInfo
  const { padInfo } = tf.backend_util.computeConv2DInfo(shape as Shape, filterShape as Shape, strides, 1, pad, dimRoundingMode)
  return [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]
}

/** The backend, but what it executes has these paddings. */
function padded (backend: Executor, pad: Sides): Executor {
  const explicit = { name: 'explicit_paddings', type: backend.binding.TF_ATTR_INT, value: pad.flat() }
  const changed = (attribute: Attribute): Attribute => attribute.name === 'padding' ? { ...attribute, value: 'EXPLICIT' } : attribute
  return {
    binding: backend.binding,
    executeSingleOutput: (name, attributes, inputs) => backend.executeSingleOutput(name, [...attributes.map(changed), explicit], inputs)
  }
}

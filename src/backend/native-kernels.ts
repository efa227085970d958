/**
 * Corrections of TensorFlow's native kernels. Convolutions of nothing have the shape of their input there, or are refused, where NumPy's
 * arithmetic gives zeros. And those of oneDNN end the process when the machine has no memory for their output; all others report it.
 */
import * as tf from '@tensorflow/tfjs-core'
import { problem } from '../errors.ts'

type Params = Parameters<tf.KernelFunc>[0]
type ShapeOf = (params: Params) => readonly number[]
type Shape4D = [number, number, number, number]
type Shape5D = [number, number, number, number, number]

const shapeOf = ({ inputs }: Params, name: string): readonly number[] => (inputs[name] as tf.TensorInfo).shape
const attribute = (name: string): ShapeOf => ({ attrs }) => attrs?.[name] as number[]
const inputShape = attribute('inputShape')
const filterShape = attribute('filterShape')

function flat (depthwise: boolean): ShapeOf {
  return params => {
    const { strides, pad, dilations, dimRoundingMode, dataFormat } = params.attrs as unknown as tf.Conv2DAttrs
    const layout = dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast'
    const [x, filter] = [shapeOf(params, 'x') as Shape4D, shapeOf(params, 'filter') as Shape4D]
    return tf.backend_util.computeConv2DInfo(x, filter, strides, dilations ?? 1, pad, dimRoundingMode, depthwise, layout).outShape
  }
}

const deep: ShapeOf = params => {
  const { strides, pad, dilations } = params.attrs as unknown as tf.Conv3DAttrs
  const [x, filter] = [shapeOf(params, 'x') as Shape5D, shapeOf(params, 'filter') as Shape5D]
  return tf.backend_util.computeConv3DInfo(x, filter, strides, dilations ?? 1, pad).outShape
}

/** The shape of the output of every kernel that oneDNN computes without looking at the memory. */
const OUTPUTS: Readonly<Record<string, ShapeOf>> = {
  Conv2D: flat(false),
  Conv2DBackpropInput: inputShape,
  Conv2DBackpropFilter: filterShape,
  DepthwiseConv2dNative: flat(true),
  DepthwiseConv2dNativeBackpropInput: inputShape,
  DepthwiseConv2dNativeBackpropFilter: filterShape,
  Conv3D: deep,
  Conv3DBackpropInputV2: inputShape,
  Conv3DBackpropFilterV2: filterShape,
  FusedConv2D: flat(false),
  FusedDepthwiseConv2D: flat(true),
  FusedBatchNorm: params => shapeOf(params, 'x')
}

/** Those that add a bias, so that nothing in gives something out. */
const ADDING = ['FusedConv2D', 'FusedDepthwiseConv2D', 'FusedBatchNorm']

/** Registers the corrected kernels of the backend `tensorflow`. Where it computes on a CPU they throw `device_out_of_memory`. */
export function correctNativeKernels (cpu: boolean): void {
  for (const [name, outputOf] of Object.entries(OUTPUTS)) {
    const config = tf.getKernel(name, 'tensorflow')
    tf.unregisterKernel(name, 'tensorflow')
    tf.registerKernel({ ...config, kernelFunc: corrected(config.kernelFunc, outputOf, { cpu, adds: ADDING.includes(name) }) })
  }
}

function corrected (run: tf.KernelFunc, outputOf: ShapeOf, { cpu, adds }: { cpu: boolean, adds: boolean }): tf.KernelFunc {
  return params => {
    const shape = outputOf(params)
    const size = sizeOf(shape)
    if (size === 0 || (!adds && hasEmpty(params.inputs))) return tf.zeros([...shape])
    if (cpu) requireRoom(size)
    return run(params)
  }
}

/** Plain loops here and below: they run before every convolution. */
function sizeOf (shape: readonly number[]): number {
  let size = 1
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number
  return size
}

function hasEmpty (inputs: tf.NamedTensorInfoMap): boolean {
  for (const name in inputs) if (sizeOf(inputs[name]?.shape ?? []) === 0) return true
  return false
}

const BYTES = 4
/** Outputs up to this size are not looked at: asking for the free memory takes some tens of microseconds. */
const SMALL_BYTES = 2 ** 26

function requireRoom (size: number): void {
  const bytes = size * BYTES
  if (bytes <= SMALL_BYTES) return
  const free = process.availableMemory()
  if (bytes > free) throw problem('device_out_of_memory', { device: 'CPU', asked: `${bytes} bytes`, free: `${free} bytes` })
}

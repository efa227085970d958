/** A window's padding that is one number: TensorFlow.js counts with the height alone, so that kernels write past their output. */
import type { backend_util, KernelFunc, NamedAttrMap } from '@tensorflow/tfjs-core'

/** The kernels that have such a padding. */
export const PADDED = [
  'Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'FusedConv2D',
  'DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 'FusedDepthwiseConv2D',
  'AvgPool', 'AvgPoolGrad', 'MaxPool', 'MaxPoolGrad'
]

/** `run` with a padding that is one number written out for every side: then all sizes are counted right. */
export const writtenOut = (run: KernelFunc): KernelFunc => params => {
  const { pad, dataFormat } = (params.attrs ?? {}) as { pad?: unknown, dataFormat?: unknown }
  if (typeof pad !== 'number') return run(params)
  return run({ ...params, attrs: { ...params.attrs as NamedAttrMap, pad: sides(pad, dataFormat === 'NCHW') } })
}

function sides (pad: number, channelsFirst: boolean): backend_util.ExplicitPadding {
  return channelsFirst ? [[0, 0], [0, 0], [pad, pad], [pad, pad]] : [[0, 0], [pad, pad], [pad, pad], [0, 0]]
}

/** What a kernel gives for tensors without elements: NumPy's values. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { problem } from '../../errors.ts'
import { formatShape } from '../../tensor.ts'
import { onCpu } from './on-cpu.ts'

const reduced = (attrs: tf.NamedAttrMap | undefined): number | number[] =>
  (attrs?.['reductionIndices'] ?? attrs?.['axis']) as number | number[]

/** The shape that is left of `x` by a reduction, and the number of elements each result is made of. */
function reduction (x: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined): { shape: number[], kept: number[], count: number } {
  const axes = tf.util.parseAxisParam(reduced(attrs), x.shape)
  const [shape = [], over = []] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
  const kept = attrs?.['keepDims'] === true ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape
  return { shape, kept, count: tf.util.sizeFromShape(over) }
}

/** A reduction whose result over nothing is `value`. */
const constant = (value: number, dtype: 'float32' | 'bool'): tf.KernelFunc => ({ inputs, attrs, backend }) => {
  const { shape, kept } = reduction(inputs['x'] as tf.TensorInfo, attrs)
  const values = tf.util.getArrayFromDType(dtype, tf.util.sizeFromShape(shape)).fill(value)
  return (backend as BackendWasm).makeOutput(kept, dtype, undefined, values)
}

/** The largest or smallest of nothing does not exist: refused unless no result is asked for. */
function extremum (name: string): tf.KernelFunc {
  const run = onCpu(name)
  return params => {
    const x = params.inputs['x'] as tf.TensorInfo
    const { shape, count } = reduction(x, params.attrs)
    if (count === 0 && tf.util.sizeFromShape(shape) > 0) throw problem('empty_reduction', { operator: name, shape: formatShape(x.shape) })
    return run(params)
  }
}

/** The kernel `name` for inputs of which one has no elements. It never touches the WASM heap but for its result. */
export function emptyKernel (name: string): tf.KernelFunc {
  switch (name) {
    // The JavaScript kernels say 0 and false.
    case 'Mean': return constant(NaN, 'float32')
    case 'All': return constant(1, 'bool')
    case 'Max': case 'Min': case 'ArgMax': case 'ArgMin': return extremum(name)
    // JavaScript has no exclusive or; over nothing, any other logical kernel has the same shape and dtype.
    case 'LogicalXor': return onCpu('LogicalOr')
    default: return onCpu(name)
  }
}

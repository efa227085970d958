/** Slices on WASM: its own kernel copies the whole input out of the heap first, once for every part of a split. */
import * as tf from '@tensorflow/tfjs-core'
import { inSteps, reshaped, type Kernels, type Steps } from './steps.ts'

type Values = tf.backend_util.TypedArray

/** A box in a tensor. */
interface Box { readonly begin: readonly number[], readonly size: readonly number[] }

/** Slice. */
export function slice (kernels: Kernels): tf.KernelFunc {
  const numbers = inSteps(kernels, (steps, { x }, attrs) => {
    const { begin, size } = attrs as tf.SliceAttrs
    const [from = [], extent = []] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size)
    return copied(steps, x as tf.TensorInfo, { begin: from, size: extent })
  })
  return unlessText('x', numbers, kernels('Slice'))
}

/** SplitV: parts of `x` along an axis. */
export const split = (kernels: Kernels): tf.KernelFunc => inSteps(kernels, (steps, { x }, attrs) => {
  const { numOrSizeSplits, axis } = attrs as tf.SplitVAttrs
  const [along = 0] = tf.util.parseAxisParam(axis, (x as tf.TensorInfo).shape)
  return parts(steps, x as tf.TensorInfo, along, tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along))
})

/** Unpack: the elements of `value` along an axis, without that axis. */
export function unpack (kernels: Kernels): tf.KernelFunc {
  const numbers = inSteps(kernels, (steps, inputs, attrs) => {
    const value = inputs['value'] as tf.TensorInfo
    const [along = 0] = tf.util.parseAxisParam((attrs as tf.UnpackAttrs).axis, value.shape)
    return parts(steps, value, along, Array<number>(value.shape[along] as number).fill(1))
      .map(part => reshaped(part, part.shape.toSpliced(along, 1)))
  })
  return unlessText('value', numbers, kernels('Unpack'))
}

/** Texts do not lie in the heap: the kernel's own way is right for them. */
const unlessText = (name: string, numbers: tf.KernelFunc, texts: tf.KernelFunc): tf.KernelFunc =>
  params => params.inputs[name]?.dtype === 'string' ? texts(params) : numbers(params)

function parts (steps: Steps, x: tf.TensorInfo, axis: number, sizes: readonly number[]): tf.TensorInfo[] {
  const begin = x.shape.map(() => 0)
  return sizes.map(size => {
    const part = copied(steps, x, { begin, size: x.shape.with(axis, size) })
    begin[axis] = begin[axis] as number + size
    return part
  })
}

function copied (steps: Steps, x: tf.TensorInfo, box: Box): tf.TensorInfo {
  const output = steps.make(box.size, x.dtype)
  copyBox(steps.wasm.typedArrayFromHeap(x), steps.wasm.typedArrayFromHeap(output), x.shape, box)
  return output
}

/** So few numbers are copied sooner one by one. */
const SHORT = 16

function copyBox (from: Values, to: Values, shape: readonly number[], { begin, size }: Box): void {
  const strides = shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)))
  // The axes behind this one are whole, so that what lies in the box at one place before it lies together.
  const last = Math.max(0, shape.findLastIndex((dim, axis) => size[axis] !== dim))
  const run = tf.util.sizeFromShape(size.slice(last))
  let at = 0
  const copyRun = (start: number): void => {
    if (run > SHORT) to.set(from.subarray(start, start + run), at)
    else for (let i = 0; i < run; i++) to[at + i] = from[start + i] as number
    at += run
  }
  const copyFrom = (axis: number, start: number): void => {
    const stride = strides[axis] ?? 1
    const first = start + (begin[axis] ?? 0) * stride
    if (axis >= last) copyRun(first)
    else for (let i = 0; i < (size[axis] as number); i++) copyFrom(axis + 1, first + i * stride)
  }
  copyFrom(0, 0)
}

import * as tf from '@tensorflow/tfjs-core'
import { problem } from '../../errors.ts'
import { formatShape, hostTensor, isHostTensor, MAX_RANK, sizeOf, type HostTensor, type Shape, type TypedArray } from '../../tensor.ts'
import { castTensor, toFloat32 } from '../cast.ts'
import { session } from '../session.ts'
import { declareDtype, dtypeOf } from './dtypes.ts'

/** An array on the device: what Blocks take and give. Float32 but for comparisons. */
export type NDArray = tf.Tensor

export type NestedNumbers = number | readonly NestedNumbers[]

/** What stands for an array: one on the device, one in host memory, or nested numbers. */
export type ArrayLike = NDArray | HostTensor | NestedNumbers

export const isNDArray = (value: unknown): value is NDArray => value instanceof tf.Tensor

/** Refuses a shape of too high a rank or with too many elements, before anything is allocated. */
export function checkShape (shape: Shape): void {
  if (shape.length > MAX_RANK) throw problem('rank_too_high', { rank: shape.length })
  const limit = session().limits.elements
  if (sizeOf(shape) > limit) throw problem('too_many_elements', { shape: formatShape(shape), limit })
}

/** Makes an array on the device, where all is computed as float32; float64 and float16 are read back as such. */
export function array (value: ArrayLike): NDArray {
  if (isNDArray(value)) return value
  const host = hostOf(value)
  checkShape(host.shape)
  return declareDtype(tf.tensor(toFloat32(host), [...host.shape], 'float32'), host.dtype)
}

/** The values of an array in host memory. Waits for the device. */
export function hostOf (value: ArrayLike): HostTensor {
  if (isHostTensor(value)) return value
  if (isNDArray(value)) return readTensor(value)
  const shape = nestedShape(value)
  return hostTensor('float32', shape, Float32Array.from(flatten(value, shape)))
}

/** Gluon's name for the same: the values of an array in host memory. */
export const asnumpy = hostOf

/** The only number of an array of one element, to decide on in control flow. Waits for the device. */
export function asscalar (value: NDArray): number {
  if (value.size !== 1) throw problem('invalid_tensor', { where: 'asscalar', detail: `it has ${value.size} elements, one is needed` })
  return value.dataSync()[0] as number
}

function readTensor (tensor: NDArray): HostTensor {
  const values: TypedArray = tensor.dataSync() as TypedArray
  // Some backends hand out the array they compute on; a host tensor must own its memory.
  if (tensor.dtype === 'bool') return hostTensor('bool', tensor.shape, values.slice())
  if (tensor.dtype === 'int32') return hostTensor('int32', tensor.shape, values.slice())
  return castTensor(hostTensor('float32', tensor.shape, values.slice()), dtypeOf(tensor))
}

function nestedShape (value: NestedNumbers): number[] {
  const shape: number[] = []
  let level: NestedNumbers | undefined = value
  while (typeof level === 'object') {
    shape.push(level.length)
    level = level[0]
  }
  return shape
}

function flatten (value: NestedNumbers, shape: Shape): number[] {
  if (typeof value === 'number') {
    if (shape.length > 0) throw ragged()
    return [value]
  }
  if (value.length !== shape[0]) throw ragged()
  return value.flatMap(item => flatten(item, shape.slice(1)))
}

const ragged = (): Error => problem('invalid_tensor', { where: 'array', detail: 'its rows differ in length' })

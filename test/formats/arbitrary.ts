import fc from 'fast-check'
import type { ArrayFile } from '../../src/formats/index.ts'
import { byteLength, DTYPE_NAMES, tensorFromBytes, type DType, type HostTensor, type Shape } from '../../src/tensor.ts'

const shape = fc.array(fc.nat(4), { maxLength: 6 })

/** A tensor of any dtype, rank 0 to 6, zero dimensions too, of any bits (bool: 0 and 1). */
export const tensor: fc.Arbitrary<HostTensor> = fc.tuple(fc.constantFrom(...DTYPE_NAMES), shape, fc.integer()).map(fill)

function fill ([dtype, dims, seed]: [DType, Shape, number]): HostTensor {
  const bytes = new Uint8Array(byteLength(dtype, dims))
  for (let i = 0, state = seed; i < bytes.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223
    bytes[i] = dtype === 'bool' ? state >>> 31 : state >>> 24
  }
  return tensorFromBytes(dtype, dims, bytes)
}

const name = fc.oneof(fc.constantFrom('', 'arg:x', '\uFEFFmark', 'a\0b', '0.weight'), fc.string({ unit: 'binary' }))

const list: fc.Arbitrary<ArrayFile> = fc.array(tensor, { maxLength: 5 }).map(tensors => ({ kind: 'list', tensors }))

const dict: fc.Arbitrary<ArrayFile> = fc.array(fc.tuple(name, tensor), { minLength: 1, maxLength: 5 }).map(entries => (
  { kind: 'dict', names: entries.map(([key]) => key), tensors: entries.map(([, value]) => value) }
))

export const arrayFile = fc.oneof(list, dict)

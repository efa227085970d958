import fc from 'fast-check'
import t from 'tap'
import { BlockserveError } from '../src/errors.ts'
import { broadcastIndices, select, slice } from '../src/slicing.ts'
import { hostTensor, sizeOf, type HostTensor } from '../src/tensor.ts'

const counting = (...shape: number[]): HostTensor =>
  hostTensor('float32', shape, Float32Array.from({ length: sizeOf(shape) }, (_, i) => i))

const values = (text: string, ...shape: number[]): { shape: readonly number[], data: number[] } => {
  const result = slice(counting(...shape), text)
  return { shape: result.shape, data: [...result.data as Float32Array] }
}

// Expectations computed by NumPy: np.arange(24).reshape(shape)[text].
const NUMPY: Array<[string, number[], number[], number[]]> = [
  ['0,0:3', [2, 3, 4], [3, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ['0,0:3', [4, 6], [3], [0, 1, 2]],
  [':', [2, 2], [2, 2], [0, 1, 2, 3]],
  ['-1', [4, 6], [6], [18, 19, 20, 21, 22, 23]],
  ['...,-1', [2, 3, 4], [2, 3], [3, 7, 11, 15, 19, 23]],
  ['::-2,1', [5, 2], [3], [9, 5, 1]],
  ['1:100', [3], [2], [1, 2]],
  ['5:2', [6], [0], []],
  ['-3:-1', [6], [2], [3, 4]],
  ['1,...,::3', [2, 3, 4], [3, 2], [12, 15, 16, 19, 20, 23]],
  ['0,0,0', [2, 3, 4], [], [0]],
  ['', [2, 2], [2, 2], [0, 1, 2, 3]],
  ['::-1', [4], [4], [3, 2, 1, 0]],
  ['3:-100:-1', [4], [4], [3, 2, 1, 0]]
]

t.test('slices pick the elements NumPy picks', async t => {
  for (const [text, shape, expectedShape, expected] of NUMPY) {
    t.same(values(text, ...shape), { shape: expectedShape, data: expected }, `[${text}] of (${shape.join(', ')})`)
  }
})

t.test('a slice that cannot be applied says why', async t => {
  const detail = (text: string): string => {
    try { select(text, [2, 3]); return '' } catch (error) { return error instanceof BlockserveError ? `${error.code} ${error.message}` : String(error) }
  }
  t.match(detail('2'), /invalid_slice .*index 2 is out of range for axis 0 of size 2/)
  t.match(detail('-3'), /index -3 is out of range/)
  t.match(detail('0,0,0'), /it has 3 axes, the tensor 2/)
  t.match(detail('...,...'), /'\.\.\.' may stand once/)
  t.match(detail('0:1:0'), /the step may not be 0/)
  t.match(detail('a'), /'a' is neither an integer/)
  t.match(detail('1.5'), /'1.5' is neither an integer/)
  t.match(detail('0:1:2:3'), /is not start:stop:step/)
})

t.test('any text selects elements of the tensor or is refused', async () => {
  const part = fc.oneof(fc.integer({ min: -9, max: 9 }).map(String), fc.constantFrom(':', '...', '::', '1:', ':-1', '::-1', '9:0:-3', 'x', ''))
  fc.assert(fc.property(fc.array(part, { maxLength: 4 }), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), (parts, shape) => {
    try {
      const { shape: out, indices } = select(parts.join(','), shape)
      return indices.length === sizeOf(out) && indices.every(index => index >= 0 && index < sizeOf(shape))
    } catch (error) {
      return error instanceof BlockserveError && error.code === 'invalid_slice'
    }
  }))
})

t.test('broadcasting repeats dimensions of size 1 and missing ones', async t => {
  t.same([...broadcastIndices([], [2, 2])], [0, 0, 0, 0])
  t.same([...broadcastIndices([2, 1], [2, 3])], [0, 0, 0, 1, 1, 1])
  t.same([...broadcastIndices([3], [2, 3])], [0, 1, 2, 0, 1, 2])
  t.throws(() => broadcastIndices([2], [2, 3]), { code: 'shape_mismatch' })
})

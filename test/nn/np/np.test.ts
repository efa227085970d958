import t from 'tap'
import fc from 'fast-check'
import { hostTensor } from '../../../src/tensor.ts'
import { broadcastShape } from '../../../src/nn/np/ops.ts'
import * as np from '../../../src/nn/np/index.ts'
import { array, close, counting, inSession, numbers, refuses } from '../harness.ts'

/** The values of numpy.dot of arange(1, …) arrays. */
const DOTS: ReadonlyArray<[number[], number[], number[], number[]]> = [
  [[], [], [], [1]],
  [[], [3], [3], [1, 2, 3]],
  [[2, 2], [], [2, 2], [1, 2, 3, 4]],
  [[3], [3], [], [14]],
  [[3], [3, 2], [2], [22, 28]],
  [[2, 3], [3], [2], [14, 32]],
  [[2, 3], [3, 2], [2, 2], [22, 28, 49, 64]],
  [[2], [2, 2, 2], [2, 2], [7, 10, 19, 22]],
  [[2, 2, 2], [2], [2, 2], [5, 11, 17, 23]],
  [[2, 2], [2, 2, 2], [2, 2, 2], [7, 10, 19, 22, 15, 22, 43, 50]],
  [[2, 1, 2], [2, 2], [2, 1, 2], [7, 10, 15, 22]],
  [[2, 1, 2], [2, 2, 1], [2, 1, 2, 1], [5, 11, 11, 25]],
  [[1, 2, 2], [2, 2, 3], [1, 2, 2, 3], [9, 12, 15, 27, 30, 33, 19, 26, 33, 61, 68, 75]]
]

for (const [a, b, shape, values] of DOTS) {
  t.test(`dot of shapes (${a.join(', ')}) and (${b.join(', ')}) is NumPy's`, async t => {
    inSession(() => {
      const product = np.dot(counting(...a), counting(...b))
      t.same(product.shape, shape)
      t.same(numbers(product), values)
    })
  })
}

t.test('dot refuses what does not fit, and gives zeros where there is nothing to sum', async t => {
  inSession(() => {
    refuses(t, () => np.dot(counting(2, 3), counting(2, 3)), 'shape_mismatch', 'MXNetError', ['dot', '(2, 3)'])
    refuses(t, () => np.dot(counting(3), counting(2)), 'shape_mismatch', 'MXNetError', ['(3,)', '(2,)'])
    t.same(np.dot(np.zeros([0, 3]), counting(3, 2)).shape, [0, 2])
    t.same(np.dot(counting(2, 3), np.zeros([3, 0])).shape, [2, 0])
    t.same(np.dot(np.zeros([2, 0, 3]), counting(4, 3, 2)).shape, [2, 0, 4, 2])
  })
})

t.test('shapes broadcast as in NumPy', async () => {
  const dims = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 })
  fc.assert(fc.property(dims, dims, (a, b) => {
    const rank = Math.max(a.length, b.length)
    const pad = (shape: number[]): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape]
    const pairs = pad(a).map((dim, i) => [dim, pad(b)[i] as number] as const)
    const fits = pairs.every(([x, y]) => x === y || x === 1 || y === 1)
    try {
      const shape = broadcastShape('add', a, b)
      return fits && JSON.stringify(shape) === JSON.stringify(pairs.map(([x, y]) => Math.max(x, y)))
    } catch {
      return !fits
    }
  }))
  t.same(broadcastShape('add', [0, 1], [3]), [0, 3])
  t.same(broadcastShape('add', [0], [1]), [0])
})

const { add, subtract, multiply, divide, maximum, minimum } = np
const BINARY = { add, subtract, multiply, divide, maximum, minimum } as const
const NUMBERS: Readonly<Record<keyof typeof BINARY, (a: number, b: number) => number>> = {
  add: (a, b) => a + b, subtract: (a, b) => a - b, multiply: (a, b) => a * b, divide: (a, b) => a / b, maximum: Math.max, minimum: Math.min
}

for (const [name, apply] of Object.entries(BINARY)) {
  t.test(`${name} works element by element, with numbers too, and names itself when shapes do not fit`, async t => {
    inSession(() => {
      const formula = NUMBERS[name as keyof typeof BINARY]
      const [a, b] = [[3, -1, 0.5], [2, 4, -8]]
      t.same(numbers(apply(array(a), array(b))), a.map((x, i) => formula(x, b[i] as number)))
      t.same(numbers(apply(2, array(b))), b.map(y => formula(2, y)))
      const grid = [1, 2].flatMap(x => [10, 20].map(y => Math.fround(formula(x, y))))
      t.same(numbers(apply(array([[1], [2]]), array([10, 20]))), grid)
      refuses(t, () => apply(counting(2), counting(3)), 'shape_mismatch', 'MXNetError', [name, '(2,)', '(3,)'])
    })
  })
}

t.test('comparisons give ones and zeros', async t => {
  inSession(() => {
    const [a, b] = [array([1, 2, 3]), array([2, 2, 2])]
    t.same([np.greater, np.less, np.equal].map(compare => numbers(compare(a, b))), [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
  })
})

t.test('functions of one array follow their formulas', async t => {
  const formulas: ReadonlyArray<[(x: np.NDArray) => np.NDArray, (x: number) => number]> = [
    [np.abs, Math.abs], [np.exp, Math.exp], [np.log, Math.log], [np.sqrt, Math.sqrt], [np.negative, x => -x],
    [np.relu, x => Math.max(x, 0)], [np.square, x => x * x], [np.tanh, Math.tanh], [np.sigmoid, x => 1 / (1 + Math.exp(-x))]
  ]
  inSession(() => {
    for (const [apply, formula] of formulas) close(t, apply(array([0.25, 1, 4])), array([0.25, 1, 4].map(formula)), 1e-6)
  })
})

t.test('sums, means and largest values are taken over an axis or over all', async t => {
  inSession(() => {
    const x = counting(2, 3)
    t.same([np.sum(x), np.mean(x), np.max(x)].map(np.asscalar), [21, 3.5, 6])
    t.same(numbers(np.sum(x, 0)), [5, 7, 9])
    t.same(numbers(np.mean(x, 1)), [2, 5])
    t.same(numbers(np.max(x, -1)), [3, 6])
    for (const axis of [2, -3, 0.5]) refuses(t, () => np.sum(x, axis), 'axis_out_of_range', 'ValueError', ['sum', String(axis), '(2, 3)'])
  })
})

t.test('over nothing a sum is 0, a mean is not a number, and a largest value does not exist', async t => {
  inSession(() => {
    t.same([np.sum(np.zeros([0])), np.mean(np.zeros([0]))].map(np.asscalar), [0, NaN])
    refuses(t, () => np.max(np.zeros([0])), 'empty_reduction', 'ValueError', ['max', '(0,)'])
    refuses(t, () => np.max(np.zeros([3, 0]), 1), 'empty_reduction', 'ValueError', ['(3, 0)'])
    t.same(np.max(np.zeros([3, 0]), 0).shape, [0], 'where no result is asked for, there is none')
  })
})

t.test('concatenate joins along an axis all but which must agree', async t => {
  inSession(() => {
    t.same(numbers(np.concatenate([counting(1, 2), counting(2, 2)])), [1, 2, 1, 2, 3, 4])
    t.same(numbers(np.concatenate([counting(2, 1), counting(2, 2)], 1)), [1, 1, 2, 2, 3, 4])
    t.same(numbers(np.concatenate([counting(2, 1), counting(2, 2)], -1)), [1, 1, 2, 2, 3, 4])
    t.same(np.concatenate([np.zeros([0, 2]), counting(3, 2)]).shape, [3, 2])
    refuses(t, () => np.concatenate([counting(1, 2), counting(1, 3)]), 'shape_mismatch', 'MXNetError', ['concatenate', '(1, 2)', '(1, 3)'])
    refuses(t, () => np.concatenate([counting(2), counting(1, 2)]), 'shape_mismatch', 'MXNetError', ['(2,)'])
    refuses(t, () => np.concatenate([counting(2)], 1), 'axis_out_of_range', 'ValueError', ['concatenate', '1', '(2,)'])
    refuses(t, () => np.concatenate([]), 'invalid_tensor', undefined, ['no arrays'])
  })
})

t.test('reshape keeps the values; one dimension may be -1', async t => {
  inSession(() => {
    t.same(np.reshape(counting(2, 3), [3, -1]).shape, [3, 2])
    t.same(np.reshape(counting(6), [-1]).shape, [6])
    t.same(np.reshape(counting(1), []).shape, [])
    t.same(np.reshape(np.zeros([0, 3]), [-1, 3]).shape, [0, 3])
    for (const shape of [[4, 2], [-1, -1], [-2, -3], [5, -1], [0, -1]]) {
      refuses(t, () => np.reshape(counting(2, 3), shape), 'shape_mismatch', 'MXNetError', ['reshape', '(2, 3)', `(${shape.join(', ')})`])
    }
  })
})

t.test('the limits of a session hold for every array that is made', async t => {
  inSession(() => {
    const x = counting(11)
    const made: Array<() => np.NDArray> = [
      () => np.zeros([3, 37]), () => np.ones([101]), () => np.arange(101), () => np.dot(np.reshape(x, [11, 1]), np.reshape(x, [1, 11])),
      () => np.add(np.reshape(x, [11, 1]), x), () => np.concatenate(new Array<np.NDArray>(10).fill(x)), () => array(new Array(101).fill(0))
    ]
    for (const make of made) refuses(t, make, 'too_many_elements', undefined, ['100'])
    t.same(np.zeros([100]).shape, [100])
    refuses(t, () => np.zeros([1, 1, 1, 1, 1, 1, 1]), 'rank_too_high', undefined, ['7'])
    refuses(t, () => np.reshape(x, [11, 1, 1, 1, 1, 1, 1]), 'rank_too_high', undefined, ['7'])
  }, { limits: { elements: 100 } })
})

t.test('nested numbers make an array when all rows are alike', async t => {
  inSession(() => {
    t.same(array([[1, 2], [3, 4], [5, 6]]).shape, [3, 2])
    t.same(array(7).shape, [])
    t.same(array([[], []]).shape, [2, 0])
    for (const rows of [[[1, 2], [3]], [1, [2]], [[1], 2], [[[1]], [[1, 2]]]]) refuses(t, () => array(rows), 'invalid_tensor', undefined, ['rows'])
  })
})

t.test('tensors in host memory are cast to float32, and values read back own their memory', async t => {
  inSession(() => {
    t.same(numbers(array(hostTensor('int64', [2], BigInt64Array.of(1n, -2n)))), [1, -2])
    const half = array(hostTensor('float16', [1], Uint16Array.of(0x3c00)))
    t.same([...half.dataSync()], [1])
    t.same(np.hostOf(half), hostTensor('float16', [1], Uint16Array.of(0x3c00)))
    const x = counting(2)
    const host = np.asnumpy(x)
    ;(host.data as Float32Array).fill(9)
    t.same(numbers(x), [1, 2])
    t.equal(np.hostOf(np.greater(x, 1)).dtype, 'bool')
  })
})

t.test('asscalar gives the only number, and refuses where there are more', async t => {
  inSession(() => {
    t.equal(np.asscalar(counting(1, 1)), 1)
    t.equal(np.item(array(0.5)), 0.5)
    refuses(t, () => np.asscalar(counting(2)), 'invalid_tensor', undefined, ['2 elements'])
  })
})

t.test('draws come from the stream of the session', async t => {
  inSession(() => {
    const first = numbers(np.random.uniform({ size: 2 }))
    t.same(first, [0.5488135, 0.5928446].map(Math.fround), 'MXNet\'s own after seed 0')
    np.random.seed(0)
    t.same(numbers(np.random.uniform({ size: [2] })), first)
    t.same(np.random.normal({ loc: 5, scale: 0 }).shape, [])
    t.same(numbers(np.random.shuffle(hostTensor('float32', [3], Float32Array.of(1, 2, 3)))).sort(), [1, 2, 3])
  })
})

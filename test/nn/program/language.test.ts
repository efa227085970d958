import t from 'tap'
import { validateSpec } from '../../../src/nn/spec/index.ts'
import { array, type NDArray } from '../../../src/nn/np/array.ts'
import { buildSpec } from '../../../src/nn/spec/index.ts'
import { compute, dense, host, inSession, numbers, program, registry, sequential, thrown } from './programs.ts'

const x = host([2, 3], [-1, 0, 2, 4, -5, 6])
const value = (expression: unknown, init: unknown[] = []): { shape: readonly number[], values: number[] } => compute([['return', expression]], x, init)
const f = Math.fround

t.test('every operator computes what NumPy computes', async t => {
  const each = (fn: (v: number) => number): number[] => [-1, 0, 2, 4, -5, 6].map(fn)
  t.strictSame(value(['add', 'x', 1]), { shape: [2, 3], values: each(v => v + 1) })
  t.strictSame(value(['sub', 1, 'x']).values, each(v => 1 - v))
  t.strictSame(value(['mul', 'x', 'x']).values, each(v => v * v))
  t.strictSame(value(['div', 'x', 2]).values, each(v => v / 2))
  t.strictSame(value(['gt', 'x', 0]).values, each(v => Number(v > 0)))
  t.strictSame(value(['lt', 'x', 0]).values, each(v => Number(v < 0)))
  t.strictSame(value(['relu', 'x']).values, each(v => Math.max(v, 0)))
  t.strictSame(value(['abs', 'x']).values, each(Math.abs))
  t.strictSame(value(['square', 'x']).values, each(v => v * v))
  t.strictSame(value(['sqrt', ['abs', 'x']]).values, each(v => f(Math.sqrt(Math.abs(v)))))
  for (const [name, fn] of [['exp', Math.exp], ['tanh', Math.tanh], ['sigmoid', (v: number) => 1 / (1 + Math.exp(-v))]] as const) {
    const far = value([name, 'x']).values.filter((v, i) => Math.abs(v - (each(fn)[i] as number)) > 1e-5 * Math.abs(v))
    t.strictSame(far, [], name)
  }
  t.strictSame(value(['dot', 'x', ['reshape', 'x', [3, 2]]]), { shape: [2, 2], values: [-9, 12, -44, 16] })
  t.strictSame(value(['sum', 'x']), { shape: [], values: [6] })
  t.strictSame(value(['sum', 'x', 0]), { shape: [3], values: [3, -5, 8] })
  t.strictSame(value(['mean', 'x', -2]), { shape: [3], values: [1.5, -2.5, 4] })
  t.strictSame(value(['max', 'x']), { shape: [], values: [6] })
  t.strictSame(value(['max', 'x', 1]), { shape: [2], values: [2, 6] })
  t.strictSame(value(['reshape', 'x', [-1]]), { shape: [6], values: [-1, 0, 2, 4, -5, 6] })
  t.strictSame(value(['concat', 1, 'x', 'x']).shape, [2, 6])
  t.strictSame(value(['concat', 0, 'x', ['mul', 'x', 2]]).values.slice(6), each(v => v * 2))
})

t.test('numbers alone stay numbers, and become arrays where arrays are needed', async t => {
  t.strictSame(value(['div', ['sub', ['mul', ['add', 1, 2], 5], 1], 4]), { shape: [], values: [3.5] })
  t.strictSame(value(7), { shape: [], values: [7] })
  t.strictSame(value(['relu', -3]), { shape: [], values: [0] })
  t.strictSame(value(['add', ['gt', 2, 1], ['lt', 2, 1]]), { shape: [], values: [1] })
})

t.test('truth values take part in arithmetic as 0 and 1', async t => {
  t.strictSame(value(['mul', 'x', ['gt', 'x', 0]]).values.map(Math.abs), [0, 0, 2, 4, 0, 6])
  t.strictSame(value(['sum', ['gt', 'x', 0]]), { shape: [], values: [3] })
  t.strictSame(value(['relu', ['gt', 'x', 0]]).values, [0, 0, 1, 1, 0, 1])
})

t.test('while and if decide on values, and return ends them', async t => {
  const count = [['let', 'n', 0], ['while', ['lt', 'n', 5], [['let', 'n', ['add', 'n', 1]], ['if', ['gt', 'n', 3], [['return', ['mul', 'n', 10]]]]]], ['return', 0]]
  t.strictSame(compute(count, x).values, [40])
  const sign = (v: number): number[] => compute([['if', 'x', [['return', 1]], [['return', 2]]]], host([1, 1], [v])).values
  t.strictSame([sign(0), sign(-0), sign(0.1), sign(-3), sign(NaN)], [[2], [2], [1], [1], [1]])
  t.strictSame(compute([['if', 0, [['return', 1]]], ['return', 2]], x).values, [2], 'else may be missing')
})

t.test('names such as __proto__ and constructor are plain names', async t => {
  const odd = ['__proto__', 'constructor', 'forward', 'params', 'toString', 'hasOwnProperty']
  for (const name of odd) {
    const forward = [['let', name, ['add', 'x', 1]], ['return', ['add', ['call', `${name}`, name], ['param', `${name}2`]]]]
    const init = [['child', name, { type: 'Flatten' }], ['constant', `${name}2`, { values: 10 }], ['param', `${name}3`, { shape: [1] }]]
    t.strictSame(compute(forward, x, init).values, [10, 11, 13, 15, 6, 17], name)
  }
  inSession(() => {
    const block = buildSpec(program([['child', '__proto__', dense(1)], ['param', 'forward', { shape: [2] }]], null), registry)
    t.strictSame([...block.collect_params_with_prefix().keys()], ['forward', '__proto__.weight', '__proto__.bias'])
    t.equal(Object.getPrototypeOf(block).constructor.name, 'ProgramBlock')
  })
  for (const name of odd) {
    const forward = [['return', [name, 'x']], [name], ['return', name], ['return', ['call', name, 'x']], ['return', ['param', name]]]
    const mistakes = inSession(() => validateSpec(program([], forward), registry))
    t.equal(mistakes.length, 5, `${name} is not found where it is not defined`)
  }
})

t.test('a class may be called constructor or __proto__', async t => {
  inSession(() => {
    t.equal(buildSpec({ ...program([], null), class: '__proto__' }, registry).name, '__proto__0')
    t.equal(String(buildSpec({ ...program([], null), class: 'constructor' }, registry)), 'constructor(\n\n)')
  })
})

t.test('constants are drawn, or written out, in any dtype', async t => {
  const constant = (given: unknown): unknown => inSession(() => {
    const block = buildSpec(program([['constant', 'c', given]], null), registry)
    const { value } = block.params.get_constant('c')
    return [value.dtype, value.shape, [...value.data].map(String)]
  })
  t.strictSame(constant({ values: [[1, 2.5], [3, 4]] }), ['float32', [2, 2], ['1', '2.5', '3', '4']])
  t.strictSame(constant({ values: 3 }), ['float32', [], ['3']])
  t.strictSame(constant({ tensor: { shape: [2], dtype: 'int64', data: [1, -7] } }), ['int64', [2], ['1', '-7']])
  t.strictSame(constant({ tensor: { shape: [2, 1], data: [['NaN'], ['-Infinity']] } }), ['float32', [2, 1], ['NaN', '-Infinity']])
  t.strictSame(constant({ tensor: { shape: [2, 2], dtype: 'bool', data: [true, false, 0, 1] } }), ['bool', [2, 2], ['1', '0', '0', '1']])
  t.strictSame(constant({ tensor: { shape: [0, 3], data: [] } }), ['float32', [0, 3], []])
  t.strictSame(constant({ random: 'uniform', size: [2] }), ['float32', [2], ['0.5488135039273248', '0.5928446165269344'].map(v => String(f(Number(v))))])
  t.strictSame(constant({ random: 'uniform', args: { size: [2] } }), constant({ random: 'uniform', size: [2], low: 0, high: 1 }))
  t.match(constant({ random: 'normal', loc: 100, size: 3 }), ['float32', [3]])
})

t.test('a constant that cannot be is refused with a reason', async t => {
  const refused: Array<[unknown, RegExp]> = [
    [{}, /'random', 'values' or 'tensor'/], [3, /received 3/], [{ random: 'cauchy' }, /one of uniform, normal/], [{ random: 'uniform', size: [0] }, /positive/],
    [{ random: 'uniform', loc: 1 }, /no argument loc/], [{ random: 'uniform', size: [1, 1, 1, 1, 1, 1, 1] }, /at most 6/], [{ values: [[1, 2], [3]] }, /equal length/],
    [{ values: ['a'] }, /"a" is not a value/], [{ values: [null] }, /null is not a value/], [{ values: [], more: 1 }, /stands alone/],
    [{ tensor: { shape: [3], data: [1, 2] } }, /received 2 values/], [{ tensor: { shape: [1], dtype: 'uint8', data: [256] } }, /256 is not a value of dtype uint8/],
    [{ tensor: { shape: [2, 3], data: [[1, 2], [3, 4], [5, 6]] } }, /equal length/], [{ tensor: { shape: [1], dtype: 'int32', data: [1.5] } }, /1.5 is not/],
    [{ tensor: { shape: [1], dtype: 'complex', data: [1] } }, /'dtype'/], [{ tensor: { data: [1], shape: 'x' } }, /'shape'/], [{ tensor: { extra: 1 } }, /no member extra/]
  ]
  for (const [given, reason] of refused) {
    const mistakes = inSession(() => validateSpec(program([['constant', 'c', given]], null), registry))
    t.strictSame(mistakes.map(({ pointer }) => pointer), ['/init/0/2'], JSON.stringify(given))
    t.match(mistakes[0]?.message, reason)
  }
})

const check = (init: unknown, forward: unknown): string[] =>
  inSession(() => validateSpec({ type: 'custom', class: 'P', init, forward }, registry)).map(({ pointer }) => pointer).sort()

t.test('every mistake of a constructor has its pointer', async t => {
  t.strictSame(check(3, 'x'), ['/forward', '/init'])
  const init = [
    ['child', 'a', dense(0)], ['child', 'a', dense(1)], ['child', 'b.c', dense(1)], ['append'], ['param', 'a', {}], 7, ['spawn'],
    ['param', 'p', { shape: 'x', init: 'nope', more: 1 }]
  ]
  t.strictSame(check(init, null), [
    '/init/0/2/units', '/init/1/1', '/init/2/1', '/init/3', '/init/4/1', '/init/5', '/init/6', '/init/7/2/init', '/init/7/2/more', '/init/7/2/shape'
  ])
})

t.test('every mistake of a forward has its pointer', async t => {
  const statements = [
    ['let', 1, 'x'], ['let', 'y'], ['give', 'x'], 'return', ['return', 'y'], ['while', 'x', 'x'], ['if', 'x'], ['return', null]
  ]
  t.strictSame(check([], statements), [
    '/forward/0/1', '/forward/1', '/forward/2', '/forward/3', '/forward/4/1', '/forward/5/2', '/forward/6', '/forward/7/1'
  ])
  const expressions = [
    ['add', ['relu', 'z'], ['sum', 'x', 0, 1]], ['sum', 'x', 0.5], ['reshape', 'x', [-1, -1]], ['concat', 'x', 'x'], ['call', 'd', 'x'], ['param', 'w'],
    ['chain'], ['call', 'd']
  ]
  t.strictSame(check([], expressions.map(expression => ['return', expression])), [
    '/forward/0/1/1/1', '/forward/0/1/2', '/forward/1/1/2', '/forward/2/1/2', '/forward/3/1/1', '/forward/4/1/1', '/forward/5/1/1', '/forward/6/1',
    '/forward/7/1', '/forward/7/1/1'
  ])
})

t.test('a program that uses all it defines has no mistake', async t => {
  const forward = [['if', 'x', [['let', 'z', 1]], []], ['return', ['add', ['call', 'd', 'z'], ['add', ['param', 'w'], ['param', 'c']]]]]
  t.strictSame(check([['child', 'd', dense(1)], ['param', 'w', {}], ['constant', 'c', { values: 1 }]], forward), [])
})

t.test('what goes wrong while a program runs names the block', async t => {
  const fails = (forward: unknown[], init: unknown[] = []): string => {
    const error = thrown(() => compute(forward, x, init))
    t.equal(error.code, 'forward_failed')
    return error.message
  }
  t.match(fails([['let', 'y', 'x']]), /p0 failed: it ended without a return/)
  t.match(fails([['if', 0, [['let', 'y', 'x']]], ['return', 'y']]), /variable 'y' is not set on this path/)
  t.match(fails([['while', 'x', []]]), /condition of 'while' has 6 elements/)
  t.equal(thrown(() => compute([['return', ['dot', 'x', 'x']]], x)).code, 'shape_mismatch')
  t.equal(thrown(() => compute([['return', ['sum', 'x', 2]]], x)).code, 'axis_out_of_range')
  const noForward = thrown(() => compute(null, x))
  t.equal(noForward.code, 'no_forward')
  t.equal(noForward.kind, 'NotImplementedError')
})

t.test('chain runs all children in order, also of a program inside another', async t => {
  inSession(() => {
    const add = (n: number): unknown => ({ ...program([], [['return', ['add', ['mul', 'x', 10], n]]]), class: 'Add' })
    const block = buildSpec(program([['append', add(1)], ['child', 'b', add(2)], ['append', sequential(add(3))]], [['return', ['chain', 'x']]]), registry)
    t.strictSame(numbers(block.call(array(host([1], [0]))) as NDArray), [123])
    t.strictSame([...block.children.keys()], ['add0', 'b', 'sequential0'])
    t.equal(String(block), 'P(\n  (b): Add(\n  \n  )\n)', 'appended ones are not shown')
  })
})

t.test('a program is not row-wise, and neither is what contains it', async t => {
  inSession(() => {
    t.notOk(buildSpec(program([], [['return', 'x']]), registry).row_wise)
    t.notOk(buildSpec(sequential(dense(1), program([], [['return', 'x']])), registry).row_wise)
  })
})

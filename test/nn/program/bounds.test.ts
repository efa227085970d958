import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { array, hostOf, type NDArray } from '../../../src/nn/np/array.ts'
import { buildSpec, validateSpec } from '../../../src/nn/spec/index.ts'
import { compute, dense, host, inSession, numbers, program, registry, sequential, thrown } from './programs.ts'

const x = host([2, 2], [1, 2, 3, 4])
const counted = (turns: number, body: unknown[] = []): unknown[] =>
  [['let', 'n', 0], ['while', ['lt', 'n', turns], [['let', 'n', ['add', 'n', 1]], ...body]]]
const messages = (forward: unknown): string =>
  inSession(() => validateSpec(program([], forward), registry)).map(({ message }) => message).join()

t.test('a forward may take 10,000 loop turns, and no more', async t => {
  t.strictSame(compute([...counted(10_000), ['return', 'n']], x).values, [10_000])
  const error = thrown(() => compute([...counted(10_001), ['return', 'n']], x))
  t.equal(error.code, 'program_limit')
  t.match(error.message, /p0 .* 10000 loop turns/)
  t.equal(thrown(() => compute([...counted(6000), ...counted(6000), ['return', 'n']], x)).code, 'program_limit', 'all loops of a forward count together')
})

t.test('a forward may execute 100,000 statements, and no more', async t => {
  const nothing = Array.from({ length: 20 }, () => ['let', 'm', 0])
  const error = thrown(() => compute([...counted(9000, nothing), ['return', 'n']], x))
  t.equal(error.code, 'program_limit')
  t.match(error.message, /p0 .* 100000 statements/)
})

t.test('programs that call programs share one count', async t => {
  const inner = program([], [...counted(200), ['return', 'x']])
  const outer = program([['child', 'c', inner]], [...counted(100, [['let', 'y', ['call', 'c', 'x']]]), ['return', 'x']])
  inSession(() => {
    const block = buildSpec(sequential(outer), registry)
    t.equal(thrown(() => block.call(array(x))).code, 'program_limit')
    t.equal(thrown(() => block.call(array(x))).code, 'program_limit', 'and the next forward starts afresh')
    t.strictSame(numbers(buildSpec(inner, registry).call(array(x)) as NDArray), [1, 2, 3, 4])
  })
})

t.test('nesting and size of a forward are bounded when it is checked', async t => {
  const deep = (levels: number): unknown => levels === 0 ? 'x' : ['relu', deep(levels - 1)]
  const blocks = (levels: number): unknown => levels === 0 ? ['return', 'x'] : ['if', 1, [blocks(levels - 1)]]
  t.equal(messages([['return', deep(63)]]), '')
  t.match(messages([['return', deep(64)]]), /nested 64 deep/)
  t.equal(messages([blocks(63)]), '')
  t.match(messages([blocks(64)]), /nested 64 deep/)
  t.equal(messages(Array.from({ length: 4999 }, () => ['return', 'x'])), '')
  t.match(messages(Array.from({ length: 5001 }, () => ['return', 'x'])), /10000 statements and expressions/)
})

t.test('programs nested in programs end before the stack does', async t => {
  const relus = (inner: unknown): unknown => [['return', Array.from({ length: 60 }).reduce<unknown>(e => ['relu', e], inner)]]
  const loops = (inner: unknown): unknown => [Array.from({ length: 60 }).reduce<unknown>(s => ['while', 1, [s]], ['return', inner])]
  for (const wrap of [relus, loops]) {
    let spec: unknown = { type: 'Flatten' }
    for (let i = 0; i < 30; i++) spec = program([['child', 'c', spec]], wrap(['call', 'c', 'x']))
    inSession(() => {
      const error = thrown(() => buildSpec(spec, registry).call(array(x)))
      t.equal(error.code, 'program_limit')
      t.match(error.message, /400 nested evaluations/)
    })
  }
})

t.test('the deadline holds inside loops, and between steps', async t => {
  const past = { deadline: () => 0 }
  t.equal(thrown(() => compute([...counted(1), ['return', 'n']], x, [], past)).code, 'deadline_exceeded')
  t.equal(thrown(() => compute([...Array.from({ length: 64 }, () => ['let', 'y', 'x']), ['return', 'y']], x, [], past)).code, 'deadline_exceeded')
  const wide = Array.from({ length: 62 }).reduce<unknown>(inner => ['relu', inner], 'x')
  t.equal(thrown(() => compute([['let', 'y', wide], ['let', 'y', wide], ['return', 'y']], x, [], past)).code, 'deadline_exceeded', 'operators count as steps')
  let left = 500
  const error = thrown(() => compute([...counted(10_000), ['return', 'n']], x, [], { deadline: () => left-- > 0 ? Infinity : 0 }))
  t.equal(error.code, 'deadline_exceeded', 'it is read anew each time')
})

t.test('tensors over the limit are refused before they are made', async t => {
  const limits = { limits: { elements: 1000 } }
  const grow = [['while', 1, [['let', 'x', ['concat', 0, 'x', 'x']]]]]
  t.equal(thrown(() => compute(grow, x, [], limits)).code, 'too_many_elements')
  const outer = [['return', ['mul', ['reshape', 'v', [40, 1]], ['reshape', 'v', [1, 40]]]]]
  t.equal(thrown(() => compute([['let', 'v', ['param', 'c']], ...outer], x, [['constant', 'c', { random: 'uniform', size: [40] }]], limits)).code, 'too_many_elements')
  t.match(inSession(() => validateSpec(program([['param', 'w', { shape: [50, 50] }]], null), registry), limits), [{ pointer: '/init/0/2', message: /more than 1000 elements/ }])
})

t.test('a tensor of rank over 6 is refused', async t => {
  t.match(messages([['return', ['reshape', 'x', [1, 1, 1, 1, 1, 1, 4]]]]), /at most 6/)
})

/** The most arrays alive while a loop takes so many turns, beyond those alive after it. */
function peak (turns: number): number {
  const halve = [
    ['let', 'y', ['add', ['mul', ['div', 'y', 2], 2], ['sub', 'y', 'y']]], ['let', 'z', ['relu', 'y']], ['let', 'w', 'x'], ['let', 'y', ['call', 'c', 'y']]
  ]
  const watched = program([['child', 'c', { type: 'Flatten' }]], [['let', 'y', 'x'], ...counted(turns, halve), ['return', ['add', 'y', 'z']]])
  return inSession(() => {
    let most = 0
    const block = buildSpec(watched, registry)
    block.children.get('c')?.register_forward_hook(() => { most = Math.max(most, tf.memory().numTensors) })
    const y = block.call(array(x)) as NDArray
    t.strictSame(numbers(y), [2, 4, 6, 8])
    return most - tf.memory().numTensors
  })
}

t.test('a long loop needs no more memory than a short one', async t => {
  t.equal(peak(500), peak(5))
})

t.test('nothing of a program stays on the device', async t => {
  const before = tf.memory().numTensors
  const loop = [...counted(20, [['let', 'x', ['add', ['call', 'd', 'x'], 1]]]), ['if', ['gt', ['sum', 'x'], 1e9], [['return', 'x']]], ['return', ['sum', 'x']]]
  compute(loop, x, [['child', 'd', dense(2, { in_units: 2 })]])
  const kept = tf.memory().numTensors - before
  for (let i = 0; i < 3; i++) compute(loop, x, [['child', 'd', dense(2, { in_units: 2 })]])
  t.equal(tf.memory().numTensors - before, 4 * kept, 'but the copies of parameters, which their blocks own')
  thrown(() => compute([...counted(20, [['let', 'x', ['add', 'x', 1]]]), ['return', ['dot', 'x', ['sum', 'x', 7]]]], x))
  t.equal(tf.memory().numTensors - before, 4 * kept, 'nor after a throw')
})

t.test('variables of a loop that hold the same array are not freed under each other', async t => {
  const forward = [['let', 'y', 'x'], ['let', 'z', 'x'], ...counted(3, [['let', 'z', 'y'], ['let', 'y', ['add', 'y', 1]], ['let', 'k', ['param', 'c']], ['let', 'i', ['call', 'd', 'x']]]), ['return', ['add', ['add', 'y', 'z'], ['add', 'k', 'i']]]]
  const init = [['constant', 'c', { values: [[100, 100], [100, 100]] }], ['child', 'd', { type: 'Dropout', rate: 0.5 }]]
  t.strictSame(compute(forward, x, init).values, [108, 111, 114, 117])
  inSession(() => {
    const block = buildSpec(program(init, forward), registry)
    block.initialize()
    const input = array(x)
    for (let i = 0; i < 3; i++) t.strictSame([...hostOf(block.call(input) as NDArray).data], [108, 111, 114, 117], 'the input and the constant live on')
  })
})

import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import * as autograd from '../../../src/nn/autograd/index.ts'
import { array, type NDArray } from '../../../src/nn/np/array.ts'
import { buildSpec } from '../../../src/nn/spec/index.ts'
import { host, inSession, program, registry } from './programs.ts'

const x = host([2, 3], [0.3, -0.7, 1.1, 0.9, -0.2, 0.5])

/** The gradients of the sum of a forward's output at x and at its parameter w (3 × 2 of 0.5). */
function gradients (forward: unknown[]): { x: number[], w: number[] } {
  return inSession(() => {
    const block = buildSpec(program([['param', 'w', { shape: [3, 2], init: { type: 'Constant', value: 0.5 } }]], forward), registry)
    block.initialize()
    const input = array(x)
    autograd.attach_grad(input)
    autograd.backward(autograd.record(() => block.call(input) as NDArray))
    const weight = block.collect_params().at('p0_w')
    const atWeight = weight.host_grad()
    weight.dispose()
    return { x: [...autograd.grad_of(input).data].map(Number), w: [...atWeight.data].map(Number) }
  })
}

/** The same by differences, for the gradient at x. */
function slopes (forward: unknown[]): number[] {
  return inSession(() => {
    const block = buildSpec(program([['param', 'w', { shape: [3, 2], init: { type: 'Constant', value: 0.5 } }]], forward), registry)
    block.initialize()
    const output = (values: number[]): NDArray => block.call(array(host([2, 3], values))) as NDArray
    const total = (values: number[]): number => [...output(values).dataSync()].reduce((a, b) => a + b, 0)
    const values = [...x.data].map(Number)
    return values.map((_, i) => {
      const moved = (by: number): number => total(values.map((v, j) => j === i ? v + by : v))
      return (moved(0.01) - moved(-0.01)) / 0.02
    })
  })
}

const FORWARDS: Record<string, unknown[]> = {
  'straight through': [['return', ['tanh', ['dot', 'x', ['param', 'w']]]]],
  'every smooth operator': [
    ['let', 'a', ['sum', ['mul', ['sigmoid', 'x'], ['exp', 'x']]]],
    ['return', ['add', ['add', 'a', ['mean', ['square', 'x']]], ['sum', ['sqrt', ['add', ['square', 'x'], 1]]]]]
  ],
  'shapes and axes': [
    ['let', 'a', ['sum', ['concat', 1, 'x', ['square', 'x']], 0]],
    ['return', ['mul', 'a', ['reshape', ['sub', 'x', ['div', ['mean', 'x', 0], 3]], [-1]]]]
  ],
  'a while loop': [
    ['let', 'y', 'x'],
    ['while', ['lt', ['sum', ['square', 'y']], 100], [['let', 'y', ['mul', ['add', 'y', 'x'], 1.5]], ['let', 'y', ['add', 'y', ['mean', 'y', 0]]]]],
    ['return', ['square', 'y']]
  ],
  'a loop that multiplies': [['let', 'n', 0], ['let', 'y', 'x'], ['while', ['lt', 'n', 4], [['let', 'y', ['mul', 'y', ['sigmoid', 'x']]], ['let', 'n', ['add', 'n', 1]]]], ['return', 'y']],
  'a branch': [['if', ['gt', ['sum', 'x'], 1], [['return', ['square', 'x']]], [['return', 'x']]]],
  'a return inside a loop': [['let', 'y', 'x'], ['while', 1, [['let', 'y', ['mul', 'y', 2]], ['if', ['gt', ['max', 'y'], 5], [['return', ['mul', 'y', 'x']]]]]]]
}

for (const [what, forward] of Object.entries(FORWARDS)) {
  t.test(`the gradient of ${what} is the slope`, async t => {
    const expected = slopes(forward)
    const tolerance = 2e-3 * Math.max(1, ...expected.map(Math.abs))
    const far = gradients(forward).x.filter((value, i) => Math.abs(value - (expected[i] as number)) > tolerance)
    t.strictSame(far, [], JSON.stringify(expected))
    t.ok(expected.some(slope => Math.abs(slope) > 0.1), 'which is not zero')
  })
}

t.test('a recorded loop leaves no array behind', async t => {
  const before = tf.memory().numTensors
  for (const forward of Object.values(FORWARDS)) gradients(forward)
  t.equal(tf.memory().numTensors, before)
})

t.test('parameters used in a loop receive their gradient from every turn', async t => {
  const once = gradients([['return', ['sum', ['dot', 'x', ['param', 'w']]]]])
  const thrice = gradients([['let', 'n', 0], ['let', 'y', 0], ['while', ['lt', 'n', 3], [['let', 'y', ['add', 'y', ['sum', ['dot', 'x', ['param', 'w']]]]], ['let', 'n', ['add', 'n', 1]]]], ['return', 'y']])
  t.ok(thrice.w.every((value, i) => Math.abs(value - 3 * (once.w[i] as number)) < 1e-5))
  t.ok(once.w.every(value => value !== 0))
})

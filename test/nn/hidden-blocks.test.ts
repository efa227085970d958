import t from 'tap'
import { Block, Dense, type NDArray, type Output } from '../../src/nn/index.ts'
import { inSession } from './harness.ts'

class Holder extends Block {
  layers: unknown
  constructor (make: () => unknown) {
    super({ prefix: 'holder_' })
    this.layers = make()
  }

  override forward (x: NDArray): Output { return x }
}

const HIDING: Readonly<Record<string, () => unknown>> = {
  'an array': () => [new Dense(1)],
  'a Map': () => new Map([['a', new Dense(1)]]),
  'a Set': () => new Set([new Dense(1)]),
  'an object': () => ({ a: new Dense(1) }),
  'an array in an object': () => ({ a: [1, { b: new Dense(1) }] })
}

for (const [where, make] of Object.entries(HIDING)) {
  t.test(`Blocks in ${where} are warned of when parameters are collected, with what to do`, async t => {
    inSession(({ warnings }) => {
      const net = new Holder(make)
      t.same(warnings, [], 'not before')
      t.same(net.collect_params().keys(), [])
      t.equal(warnings.length, 1)
      for (const word of ['holder.layers', 'not registered', 'register_child', 'Sequential']) t.ok(warnings[0]?.includes(word), word)
    })
  })
}

t.test('Blocks that are registered as well are no reason to warn', async t => {
  inSession(({ warnings }) => {
    const net = new Holder(() => [new Dense(1)])
    net.register_child((net.layers as Block[])[0] as Block)
    t.same(net.collect_params().keys(), ['dense0_weight', 'dense0_bias'])
    t.same(warnings, [])
  })
})

t.test('other contents are no reason to warn, however they are built', async t => {
  inSession(({ warnings }) => {
    const circle: Record<string, unknown> = { numbers: new Float32Array(3), text: 'Dense', nothing: null }
    circle['self'] = circle
    new Holder(() => circle).collect_params()
    new Holder(() => [[[[[new Dense(1)]]]]]).collect_params()
    t.same(warnings, [], 'and the search ends at a depth')
  })
})

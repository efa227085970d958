import t from 'tap'
import { Activation, Block, Dense, HybridSequential, ParameterDict, resetNames, Sequential, session, type BlockOptions, type Output, type NDArray } from '../../src/nn/index.ts'
import { inSession, Same } from './harness.ts'

class Net extends Block {
  readonly made: Block[] = []
  constructor (options: BlockOptions = {}, make: () => Block[] = () => []) {
    super(options)
    this.name_scope(() => { for (const [i, block] of make().entries()) this.register_child(block, `c${i}`) })
  }

  override forward (x: NDArray): Output { return x }
}

t.test('outside of a scope the session counts per hint; the hint is the class name in lower case', async t => {
  inSession(() => {
    t.same([new Dense(1), new Dense(1), new Sequential(), new HybridSequential(), new Net()].map(block => [block.prefix, block.name]), [
      ['dense0_', 'dense0'], ['dense1_', 'dense1'], ['sequential0_', 'sequential0'], ['hybridsequential0_', 'hybridsequential0'], ['net0_', 'net0']
    ])
    t.equal(new Activation('tanh').prefix, 'tanh0_', 'an Activation is counted by its function')
  })
})

t.test('an explicit prefix consumes no counter', async t => {
  inSession(() => {
    t.equal(new Dense(1, { prefix: 'fc_' }).weight.name, 'fc_weight')
    t.equal(new Dense(1).name, 'dense0')
    t.equal(new Dense(1, { prefix: 'x' }).name, 'x', 'a prefix without an underscore is its own name')
  })
})

t.test('inside a scope children are counted per block and named below it', async t => {
  inSession(() => {
    const make = (): Block[] => [new Dense(1), new Dense(1), new Dense(1, { prefix: 'fc_' })]
    const [first, second] = [new Net({}, make), new Net({}, make)]
    const names = (net: Net): string[] => [...net.children.values()].map(child => child.prefix)
    t.same(names(first), ['net0_dense0_', 'net0_dense1_', 'net0_fc_'])
    t.same(names(second), ['net1_dense0_', 'net1_dense1_', 'net1_fc_'])
    t.equal(new Dense(1).prefix, 'dense0_', 'the session has counted none of them')
  })
})

t.test('scopes nest, and a scope entered again goes on counting', async t => {
  inSession(() => {
    const net = new Net({ prefix: 'a_' }, () => [new Net({ prefix: 'b_' }, () => [new Dense(1)])])
    t.same(net.collect_params().keys(), ['a_b_dense0_weight', 'a_b_dense0_bias'])
    t.equal(net.name_scope(() => new Dense(1)).name, 'a_dense0')
    t.equal(net.name_scope(() => new Dense(1)).name, 'a_dense1')
  })
})

t.test('a block with the prefix \'\' opens no scope: its children fall into the surrounding one', async t => {
  inSession(() => {
    const inner = (): Block[] => [new Net({ prefix: '' }, () => [new Dense(1)])]
    const net = new Net({ prefix: 'a_' }, inner)
    t.same(net.collect_params().keys(), ['a_dense0_weight', 'a_dense0_bias'])
    const alone = new Net({ prefix: '' }, () => [new Dense(1)])
    t.same([alone.prefix, alone.name, alone.params.prefix], ['', '', ''])
    t.same(alone.collect_params().keys(), ['dense0_weight', 'dense0_bias'])
  })
})

t.test('the activation of a Dense is named inside it', async t => {
  inSession(() => {
    const dense = new Dense(1, { activation: 'relu' })
    t.equal(dense.act?.name, 'dense0_relu')
    t.same([...dense.children.keys()], ['act'])
  })
})

t.test('a block that shares parameters keeps its own prefix, its parameters have the first owner\'s', async t => {
  inSession(() => {
    const first = new Dense(3)
    const second = new Dense(3, { params: first.params })
    t.equal(second.prefix, 'dense1_')
    t.equal(second.params.prefix, 'dense0_')
    t.equal(second.weight, first.weight)
    t.equal(second.bias, first.bias)
    t.same(new Sequential().add(first, second).collect_params().keys(), ['dense0_weight', 'dense0_bias'])
  })
})

t.test('sharing goes down to the children made in the scope', async t => {
  inSession(() => {
    const make = (): Block[] => [new Dense(3), new Dense(4)]
    const first = new Net({ prefix: 'a_' }, make)
    const second = new Net({ prefix: 'b_', params: first.collect_params() }, make)
    t.same(second.collect_params().keys(), first.collect_params().keys())
    t.ok(second.collect_params().values().every((parameter, i) => parameter === first.collect_params().values()[i]))
    t.equal((second.children.get('c1') as Dense).prefix, 'b_dense1_')
  })
})

t.test('a scope ends with its function, also when that throws', async t => {
  inSession(() => {
    const net = new Net({ prefix: 'a_' })
    t.throws(() => net.name_scope(() => { throw new Error('no') }), { message: 'no' })
    t.equal(new Dense(1).prefix, 'dense0_')
  })
})

t.test('the names of the library\'s scope can count from 0 again', async t => {
  inSession(() => {
    t.same([new Same().name, new Same().name], ['same0', 'same1'])
    resetNames()
    t.equal(new Same().name, 'same0')
    t.equal(session().names.take('dense'), 'dense0_')
  })
})

t.test('a dictionary has the prefix of its block', async t => {
  inSession(() => {
    t.equal(new Net().collect_params().prefix, 'net0_')
    t.equal(new ParameterDict().prefix, '')
  })
})

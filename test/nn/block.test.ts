import t from 'tap'
import { Block, Dense, HybridBlock, HybridSequential, Parameter, Sequential, type NDArray, type Output } from '../../src/nn/index.ts'
import { array, call, counting, inSession, numbers, refuses, Same } from './harness.ts'

class Fields extends Block {
  hidden: Block = new Dense(4)
  output: Block = new Dense(2)
  scale = this.params.get('scale', { shape: [1] })

  override forward (x: NDArray): Output { return this.output.call(this.hidden.call(x)) }
}

class Assigned extends Block {
  [name: string]: unknown
  override forward (x: NDArray): Output { return x }
}

t.test('Blocks and Parameters in class fields are registered under their names, in order', async t => {
  inSession(() => {
    const net = new Fields()
    t.same([...net.children.keys()], ['hidden', 'output'])
    t.same([...net.registered_parameters.keys()], ['scale'])
    t.same([...net.collect_params_with_prefix().keys()], ['scale', 'hidden.weight', 'hidden.bias', 'output.weight', 'output.bias'])
    t.same(net.collect_params().keys(), ['fields0_scale', 'dense0_weight', 'dense0_bias', 'dense1_weight', 'dense1_bias'])
  })
})

t.test('an attribute assigned later is registered as well, and other values are left alone', async t => {
  inSession(() => {
    const net = new Assigned()
    net['first'] = new Dense(2)
    net['width'] = 3
    net['nothing'] = null
    net['nothing'] = new Dense(3)
    t.same([...net.children.keys()], ['first', 'nothing'])
    t.equal(net['width'], 3)
  })
})

t.test('a Block assigned over a Block takes its place in the order', async t => {
  inSession(() => {
    const net = new Assigned()
    const replacement = new Dense(9)
    net['a'] = new Dense(2)
    net['b'] = new Dense(3)
    net['a'] = replacement
    t.same([...net.children.keys()], ['a', 'b'])
    t.equal(net.children.get('a'), replacement)
    t.equal(net['a'], replacement)
  })
})

t.test('an attribute keeps its type: neither a Block nor a Parameter becomes something else', async t => {
  inSession(() => {
    const net = new Assigned({ prefix: 'net_' })
    net['layer'] = new Dense(2)
    net['weight'] = new Parameter('w', { shape: [1] })
    refuses(t, () => { net['layer'] = 3 }, 'attribute_type', 'TypeError', ['net', '\'layer\'', 'Dense', 'number'])
    refuses(t, () => { net['layer'] = new Sequential() }, 'attribute_type', 'TypeError', ['Dense', 'Sequential'])
    refuses(t, () => { net['weight'] = null }, 'attribute_type', 'TypeError', ['\'weight\'', 'Parameter', 'null'])
    t.equal((net['layer'] as Dense).units, 2, 'what was refused changed nothing')
    t.same([...net.children.keys()], ['layer'])
  })
})

t.test('a subclass may take the place of its base', async t => {
  class Wide extends Dense {}
  inSession(() => {
    const net = new Assigned()
    net['layer'] = new Dense(2)
    net['layer'] = new Wide(3)
    t.equal((net.children.get('layer') as Dense).units, 3)
  })
})

t.test('a Parameter is not replaced by another one', async t => {
  inSession(() => {
    const net = new Assigned({ prefix: 'net_' })
    const weight = new Parameter('w', { shape: [1] })
    net['weight'] = weight
    refuses(t, () => { net['weight'] = new Parameter('v', { shape: [1] }) }, 'attribute_registered', 'AssertionError', ['net', '\'weight\''])
    t.equal(net['weight'], weight)
  })
})

t.test('register_child names a child by its position unless told otherwise, and replaces in place', async t => {
  inSession(() => {
    const net = new Same()
    net.register_child(new Dense(1))
    net.register_child(new Dense(2), 'named')
    net.register_child(new Dense(3))
    t.same([...net.children.keys()], ['0', 'named', '2'])
    net.register_child(new Dense(4), '0')
    t.same([...net.children].map(([key, child]) => [key, (child as Dense).units]), [['0', 4], ['named', 2], ['2', 3]])
  })
})

t.test('a child must be a Block, and a HybridBlock inside a HybridBlock', async t => {
  class Hybrid extends HybridBlock {
    override forward (x: NDArray): Output { return x }
  }
  inSession(() => {
    const [plain, hybrid] = [new Same({ prefix: 'p_' }), new Hybrid({ prefix: 'h_' })]
    refuses(t, () => { plain.register_child(3 as never, 'x') }, 'not_a_block', 'TypeError', ['p', '\'x\'', 'number'])
    refuses(t, () => { hybrid.register_child(plain) }, 'not_hybrid', 'ValueError', ['h', 'Same', 'HybridBlock'])
    refuses(t, () => { hybrid.register_child(null as never) }, 'not_hybrid', 'ValueError', ['null'])
    hybrid.register_child(new Dense(1))
    t.equal(hybrid.children.size, 1)
  })
})

t.test('collect_params selects by a pattern anchored at the start of the full name, not at its end', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2), new Dense(3))
    t.same(net.collect_params('weight').keys(), [])
    t.same(net.collect_params('.*weight').keys(), ['dense0_weight', 'dense1_weight'])
    t.same(net.collect_params('dense0').keys(), ['dense0_weight', 'dense0_bias'])
    t.same(net.collect_params('dense0_weight|dense1_bias').keys(), ['dense0_weight', 'dense1_bias'])
    t.equal(net.collect_params('').keys().length, 4, 'the empty pattern is none')
    refuses(t, () => net.collect_params('('), 'invalid_pattern', 'error', ['\'(\''])
  })
})

t.test('params are a block\'s own, and one that no attribute holds has no structural name', async t => {
  inSession(() => {
    const net = new Fields()
    net.params.get('loose', { shape: [3] })
    t.same(net.params.keys(), ['fields0_scale', 'fields0_loose'])
    t.ok(net.collect_params().has('fields0_loose'))
    t.notOk([...net.collect_params_with_prefix().keys()].includes('loose'))
  })
})

t.test('two different parameters of one name cannot be collected together', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2, { prefix: 'd_' }), new Dense(3, { prefix: 'd_' }))
    refuses(t, () => net.collect_params(), 'parameter_clash', 'AssertionError', ['\'d_weight\''])
  })
})

t.test('apply visits children first, depth first, then the block, and returns it', async t => {
  inSession(() => {
    const inner = new Sequential().add(new Dense(1), new Dense(2))
    const net = new Sequential().add(inner, new Dense(3))
    const seen: string[] = []
    t.equal(net.apply(block => { seen.push(block.name) }), net)
    t.same(seen, ['dense0', 'dense1', 'sequential0', 'dense2', 'sequential1'])
  })
})

t.test('a call takes as many arrays as forward does', async t => {
  class Two extends Block {
    override forward (x: NDArray, _y: NDArray): Output { return x }
  }
  inSession(() => {
    const net = new Two({ prefix: 'two_' })
    const x = counting(1)
    refuses(t, () => net.call(x), 'argument_count', 'TypeError', ['two', '2 argument', '1 given'])
    refuses(t, () => net.call(x, x, x), 'argument_count', 'TypeError', ['2 argument', '3 given'])
    refuses(t, () => net.call(x, 3 as never), 'not_an_array', 'ValueError', ['two', 'argument 1', 'number'])
    refuses(t, () => net.call(x, [] as never), 'not_an_array', 'ValueError', ['Array'])
    refuses(t, () => net.call(undefined as never, x), 'not_an_array', 'ValueError', ['undefined'])
    t.equal(net.call(x, [x, x]), x, 'a list of arrays is an argument')
  })
})

t.test('a Block whose class has no forward says so', async t => {
  class Forgotten extends Block {
    declare forward: () => Output
  }
  inSession(() => {
    refuses(t, () => new Forgotten().call(counting(1)), 'no_forward', 'NotImplementedError', ['forgotten0', 'forward'])
    refuses(t, () => new Sequential().add(new Forgotten()).call(counting(1)), 'no_forward', 'NotImplementedError', ['forgotten1'])
  })
})

t.test('hybridize marks the block and all below, and changes no result', async t => {
  inSession(() => {
    const net = new HybridSequential().add(new Dense(3), new Dense(2))
    net.initialize()
    const x = counting(2, 4)
    const before = numbers(call(net, x))
    net.hybridize()
    t.ok([...net.children.values()].every(child => child.hybridized))
    t.same(numbers(call(net, x)), before)
    net.hybridize(false)
    t.notOk(net.hybridized)
  })
})

t.test('cast changes the dtype of every parameter below', async t => {
  inSession(() => {
    const net = new Fields()
    net.initialize()
    call(net, counting(1, 3))
    net.cast('float64')
    t.same([...new Set(net.collect_params().values().map(({ dtype }) => dtype))], ['float64'])
    t.equal(net.collect_params().at('dense0_weight').host().data.constructor, Float64Array)
  })
})

t.test('a repr nests by two spaces and shows attributes, not what register_child added', async t => {
  class Nest extends Block {
    net: Block = new Sequential().add(new Dense(64, { activation: 'relu' }), new Dense(32, { in_units: 64 }))
    dense: Block = new Dense(16)
    override forward (x: NDArray): Output { return x }
  }
  inSession(() => {
    const nest = new Nest()
    nest.register_child(new Dense(1), 'hidden')
    t.equal(String(nest), [
      'Nest(',
      '  (net): Sequential(',
      '    (0): Dense(-1 -> 64, Activation(relu))',
      '    (1): Dense(64 -> 32, linear)',
      '  )',
      '  (dense): Dense(-1 -> 16, linear)',
      ')'
    ].join('\n'))
    t.equal(String(new Same()), 'Same(\n\n)')
    t.equal(String(new Sequential()), 'Sequential(\n\n)')
  })
})

t.test('a class states whether it is row-wise itself; its subclasses do not inherit that', async t => {
  class RowWise extends Same { static override readonly row_wise = true }
  class Sub extends RowWise {}
  class MyDense extends Dense {}
  inSession(() => {
    const blocks = [new Same(), new RowWise(), new Sub(), new Dense(1), new MyDense(1)]
    t.same(blocks.map(block => block.row_wise), [false, true, false, true, false])
    t.equal(new Sequential().add(new Dense(1), new RowWise()).row_wise, true)
    t.equal(new Sequential().add(new Dense(1), new Same()).row_wise, false)
  })
})

t.test('arrays made from nested numbers run through a block of blocks', async t => {
  inSession(() => {
    const net = new Fields()
    net.initialize({ init: 'ones' })
    t.same(numbers(call(net, array([[1, 2, 3]]))), [24, 24], 'zeros in the biases, ones in the weights')
  })
})

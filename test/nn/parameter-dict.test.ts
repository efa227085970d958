import t from 'tap'
import { Constant, Parameter, ParameterDict } from '../../src/nn/index.ts'
import { inSession, numbers, refuses } from './harness.ts'

t.test('get makes a parameter of prefix and name, and gives the same one again', async t => {
  const dict = new ParameterDict('net_')
  const weight = dict.get('weight', { shape: [2, 0] })
  t.equal(weight.name, 'net_weight')
  t.equal(dict.get('weight'), weight)
  t.equal(dict.at('net_weight'), weight)
  t.same(dict.keys(), ['net_weight'])
})

t.test('the shape asked for fills what is unknown, on either side', async t => {
  const dict = new ParameterDict()
  const weight = dict.get('w', { shape: [2, 0] })
  dict.get('w', { shape: [0, 3] })
  t.same(weight.shape, [2, 3])
  dict.get('v')
  t.same(dict.get('v', { shape: 4 }).shape, [4], 'also when nothing was known')
})

t.test('what disagrees is named with both values', async t => {
  const dict = new ParameterDict('net_')
  dict.get('w', { shape: [2, 3], dtype: 'float32', init: 'zeros' })
  refuses(t, () => dict.get('w', { shape: [2, 4] }), 'sharing_conflict', 'AssertionError', ['\'net_w\'', 'shape', '(2, 3)', '(2, 4)'])
  refuses(t, () => dict.get('w', { shape: 2 }), 'sharing_conflict', 'AssertionError', ['(2, 3)', '(2,)'])
  refuses(t, () => dict.get('w', { dtype: 'float64' }), 'sharing_conflict', 'AssertionError', ['dtype', 'float32', 'float64'])
  refuses(t, () => dict.get('w', { init: 'ones' }), 'sharing_conflict', 'AssertionError', ['init', 'zeros', 'ones'])
  refuses(t, () => dict.get('w', { lr_mult: 2 }), 'sharing_conflict', 'AssertionError', ['lr_mult', '1', '2'])
  t.same(dict.get('w', { init: null }).shape, [2, 3], 'null asks for nothing')
})

t.test('an initializer that was not given is taken over, and an equal one is no conflict', async t => {
  const dict = new ParameterDict()
  const weight = dict.get('w', { shape: [1] })
  dict.get('w', { init: { type: 'Constant', value: 2 } })
  t.same(weight.init, { type: 'Constant', value: 2 })
  t.equal(dict.get('w', { init: { type: 'Constant', value: 2 } }), weight)
})

t.test('a shared dictionary is asked before anything is made', async t => {
  const shared = new ParameterDict('a_')
  const weight = shared.get('w', { shape: [1] })
  const dict = new ParameterDict('a_', shared)
  t.equal(dict.get('w'), weight)
  t.same(dict.keys(), ['a_w'])
  const other = dict.get('v', { shape: [1] })
  t.notOk(shared.has('a_v'), 'and gets nothing new')
  t.ok(other instanceof Parameter)
})

t.test('at names what exists, shortened', async t => {
  const dict = new ParameterDict('net_')
  refuses(t, () => dict.at('weight'), 'parameter_key', 'KeyError', ['\'weight\'', 'no parameters yet'])
  for (let i = 0; i < 9; i++) dict.get(`w${i}`)
  refuses(t, () => dict.at('w0'), 'parameter_key', 'KeyError', ['\'w0\'', '\'net_w0\'', '…', '\'net_w8\''])
})

t.test('constants are found again when the value is the same', async t => {
  inSession(() => {
    const dict = new ParameterDict('net_')
    refuses(t, () => dict.get_constant('c'), 'constant_missing', 'KeyError', ['\'net_c\''])
    const constant = dict.get_constant('c', [[1, 2]])
    t.ok(constant instanceof Constant)
    t.equal(dict.get_constant('c'), constant)
    t.equal(dict.get_constant('c', [[1, 2]]), constant)
    refuses(t, () => dict.get_constant('c', [[1, 3]]), 'constant_conflict', 'AssertionError', ['\'net_c\'', 'another value'])
    refuses(t, () => dict.get_constant('c', [1, 2]), 'constant_conflict', 'AssertionError', ['(1, 2)'])
    dict.get('w', { shape: [1] })
    refuses(t, () => dict.get_constant('w', [1]), 'constant_conflict', 'AssertionError', ['\'net_w\'', 'not a Constant'])
  })
})

t.test('update takes over what others have, and refuses another parameter of a name', async t => {
  const [a, b] = [new ParameterDict('a_'), new ParameterDict('a_')]
  const weight = b.get('w')
  a.update(b)
  a.update(b)
  t.equal(a.at('a_w'), weight)
  const clash = new ParameterDict('a_')
  clash.get('w')
  refuses(t, () => { a.update(clash) }, 'parameter_clash', 'AssertionError', ['\'a_w\''])
})

t.test('select keeps order and prefix, and matches from the start', async t => {
  const dict = new ParameterDict('net_')
  for (const name of ['b', 'a', 'ab']) dict.get(name)
  t.same(dict.select('net_a').keys(), ['net_a', 'net_ab'])
  t.same(dict.select('a').keys(), [])
  t.same(dict.select('.*b$').keys(), ['net_b', 'net_ab'])
  t.equal(dict.select('x').prefix, 'net_')
})

t.test('initialize, zero_grad and setattr reach every parameter', async t => {
  inSession(() => {
    const dict = new ParameterDict()
    const parameters = [dict.get('a', { shape: [1] }), dict.get('b', { shape: [1], init: 'zeros' })]
    dict.initialize({ init: 'ones' })
    t.same(parameters.map(parameter => numbers(parameter.host())), [[1], [0]], 'its own initializer is the stronger one')
    dict.setattr('grad_req', 'add')
    dict.setattr('lr_mult', 0.5)
    t.same(parameters.map(({ grad_req, lr_mult }) => [grad_req, lr_mult]), [['add', 0.5], ['add', 0.5]])
    for (const parameter of parameters) parameter.accumulate_grad(parameter.host())
    dict.zero_grad()
    t.same(parameters.map(parameter => numbers(parameter.grad())), [[0], [0]])
    refuses(t, () => { dict.setattr('grad_req', 'often' as 'add') }, 'bad_grad_req', 'AssertionError', ['\'often\''])
  })
})

t.test('it prints as Gluon prints it', async t => {
  const dict = new ParameterDict('dense0_')
  dict.get('weight', { shape: [8, 4], dtype: 'float32' })
  dict.get('bias', { shape: 8 })
  t.equal(String(dict), 'dense0_ (\n  Parameter dense0_weight (shape=(8, 4), dtype=float32)\n  Parameter dense0_bias (shape=(8,), dtype=<class \'numpy.float32\'>)\n)')
  t.equal(String(new ParameterDict('mlp0_')), 'mlp0_ (\n\n)')
  t.equal(String(new ParameterDict()), '(\n\n)')
})

t.test('it is iterated by name, in order of creation', async t => {
  const dict = new ParameterDict()
  const [b, a] = [dict.get('b'), dict.get('a')]
  t.same([...dict].map(([name]) => name), ['b', 'a'])
  t.same(dict.items().map(([, parameter]) => parameter), [b, a])
})

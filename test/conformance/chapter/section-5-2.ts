/** 5.2 Parameter Management. */
import { MyInit } from '../../../models/my-init.ts'
import { Dense, init, Initializer, np, Sequential, type HostTensor, type NDArray, type Parameter } from '../../../src/index.ts'
import { slice } from '../../../src/slicing.ts'
import { cell, type Section } from './cell.ts'

let net: Sequential
let x: NDArray
let rgnet: Sequential

const dense = (container: Sequential, index: number): Dense => container.at(index) as Dense
const inner = (container: Sequential, index: number): Sequential => container.at(index) as Sequential

/** `parameter.data()[index]`. */
const values = (parameter: Parameter, index: string): HostTensor => slice(parameter.host(), index)

/** `parameter.data()[0, 0] = value`. */
function setFirst (parameter: Parameter, value: number): void {
  const changed = parameter.host().data.slice()
  changed[0] = value
  parameter.set_data({ ...parameter.host(), data: changed })
}

const rowsEqual = (): NDArray =>
  np.equal(np.array(values(dense(net, 1).weight, '0')), np.array(values(dense(net, 2).weight, '0')))

const block1 = (): Sequential => new Sequential().add(new Dense(32, { activation: 'relu' })).add(new Dense(16, { activation: 'relu' }))

function block2 (): Sequential {
  const four = new Sequential()
  for (let i = 0; i < 4; i++) four.add(block1())
  return four
}

const access = [
  cell(1, 'imports init, np, npx and nn', ({ check }) => { check(typeof init.Normal === 'function', 'the library gives initializers') }),
  cell(2, 'makes and initializes a network', () => {
    net = new Sequential()
    net.add(new Dense(256, { activation: 'relu' }))
    net.add(new Dense(10))
    net.initialize()
  }),
  cell(3, 'runs it forward', () => {
    x = np.random.uniform({ size: [2, 20] })
    return net.call(x) as NDArray
  }),
  cell(4, 'prints the parameters of each layer', ({ print }) => { print(String(net.at(0).params), String(net.at(1).params)) }),
  cell(5, 'prints a bias and its data', ({ print }) => { print(String(dense(net, 1).bias), (dense(net, 1).bias as Parameter).data()) }),
  cell(6, 'prints a weight by name and its data', ({ print }) => {
    const weight = net.at(0).params.at('dense0_weight')
    print(String(weight), weight.data())
  }),
  cell(7, 'reads a gradient before any backward', () => dense(net, 0).weight.grad()),
  cell(8, 'prints all parameters of a layer and of the network', ({ print }) => {
    print(String(net.at(0).collect_params()), String(net.collect_params()))
  }),
  cell(9, 'reads a bias through collect_params', () => net.collect_params().at('dense1_bias').data()),
  cell(10, 'selects parameters by patterns', ({ print }) => {
    print(String(net.collect_params('.*weight')), String(net.collect_params('dense0.*')))
  })
]

const nested = [
  cell(11, 'defines functions that make blocks', ({ check }) => {
    check([block1, block2].every(make => typeof make === 'function'), 'functions make blocks')
  }),
  cell(12, 'runs the Rube Goldberg network', () => {
    rgnet = new Sequential()
    rgnet.add(block2())
    rgnet.add(new Dense(10))
    rgnet.initialize()
    return rgnet.call(x) as NDArray
  }),
  cell(13, 'prints it and its parameters', ({ print }) => {
    print(`<bound method Block.collect_params of ${String(rgnet)}>`, String(rgnet.collect_params()))
  }),
  cell(14, 'reads a bias deep inside', () => (dense(inner(inner(rgnet, 0), 1), 0).bias as Parameter).data())
]

const initialization = [
  cell(45, 'initializes again from a normal distribution', () => {
    net.initialize({ init: new init.Normal({ sigma: 0.01 }), force_reinit: true })
  }),
  cell(46, 'reads a row of the weight', () => values(dense(net, 0).weight, '0')),
  cell(47, 'initializes everything to one', () => {
    net.initialize({ init: new init.Constant({ value: 1 }), force_reinit: true })
    return values(dense(net, 0).weight, '0')
  }),
  cell(62, 'reads a weight of a layer by name', () => net.at(1).collect_params().at('dense1_weight').data()),
  cell(63, 'initializes each layer in its own way', ({ print }) => {
    net.at(1).initialize({ init: new init.Constant({ value: 42 }), force_reinit: true })
    net.at(0).initialize({ init: new init.Xavier(), force_reinit: true })
    print(values(dense(net, 1).weight, '0,0'), values(dense(net, 0).weight, '0'))
  }),
  cell(64, 'defines a custom initializer', ({ check }) => { check(new MyInit() instanceof Initializer, 'MyInit is an Initializer') }),
  cell(65, 'initializes with it', () => {
    net.initialize({ init: new MyInit(), force_reinit: true })
    return values(dense(net, 0).weight, '0')
  }),
  cell(74, 'sets values directly', () => {
    const { weight } = dense(net, 0)
    weight.set_data(np.add(weight.data(), 1))
    setFirst(weight, 42)
    return values(weight, '0')
  })
]

const tied = [
  cell(78, 'makes two layers that share parameters', () => {
    net = new Sequential()
    const shared = new Dense(8, { activation: 'relu' })
    net.add(new Dense(8, { activation: 'relu' }), shared, new Dense(8, { activation: 'relu', params: shared.params }), new Dense(10))
    net.initialize()
  }),
  cell(79, 'runs them', () => {
    x = np.random.uniform({ size: [2, 20] })
    return net.call(x) as NDArray
  }),
  cell(80, 'changes one and finds it in the other', ({ print, check }) => {
    print(rowsEqual())
    setFirst(dense(net, 1).weight, 100)
    print(rowsEqual())
    check(values(dense(net, 2).weight, '0,0').data[0] === 100, 'the shared weight changed')
  })
]

export const section52: Section = { section: '5.2', cells: [...access, ...nested, ...initialization, ...tied] }

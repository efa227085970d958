/** 5.2 Parameter Management. One model holds the networks of the section, as they share names and stream. */
import { cell, type Section } from '../../conformance/chapter/cell.ts'
import type { HostTensor } from '../../../src/tensor.ts'
import { dense, equal, oneOf, parameterText, sequential, type Book, type Json } from './book.ts'

const M = 'parameters'
const relu = (units: number, options: Json = {}): Json => dense(units, { activation: 'relu', ...options })
const block1 = sequential(relu(32), relu(16))

export const NETWORKS = oneOf({
  net: sequential(relu(256), dense(10)),
  rgnet: sequential(sequential(block1, block1, block1, block1), dense(10)),
  tied: sequential(relu(8), relu(8), relu(8, { share: 'tied.1' }), dense(10))
})

export function section52 (book: Book): Section {
  let x: HostTensor
  const choose = (which: number): Promise<void> => book.patch(M, 'which', { slice: ':', set: which })
  const row = (name: string): Promise<HostTensor> => book.data(M, name, '0')
  const run = async (): Promise<HostTensor> => (await book.forward(M, x)).output
  const again = (init: Json, block = 'net'): Promise<readonly string[]> => book.initialize(M, { block, init, force_reinit: true })
  const rowsEqual = async (): Promise<HostTensor> => equal(await row('tied.1.weight'), await row('tied.2.weight'))

  const access = [
    cell(1, 'offers initializers', async ({ check }) => {
      const { initializers } = await book.get<{ initializers: Array<{ type: string }> }>('/v1/initializers')
      check(initializers.some(({ type }) => type === 'Normal'), 'the catalogue has Normal')
    }),
    cell(2, 'makes and initializes a network', async () => {
      await book.create(M, NETWORKS)
      await book.initialize(M, { select: '.*which' })
      await book.initialize(M, { block: 'net' })
    }),
    cell(3, 'runs it forward', async () => {
      x = await book.uniform(M, [2, 20])
      return run()
    }),
    cell(4, 'prints the parameters of each layer', async ({ print }) => {
      print(await book.collectParams(M, 'net.0'), await book.collectParams(M, 'net.1'))
    }),
    cell(5, 'prints a bias and its data', async ({ print }) => {
      print(parameterText(await book.parameter(M, 'net.1.bias')), await book.data(M, 'net.1.bias'))
    }),
    cell(6, 'prints a weight by name and its data', async ({ print }) => {
      print(parameterText(await book.parameter(M, 'dense0_weight')), await book.data(M, 'dense0_weight'))
    }),
    cell(7, 'reads a gradient before any backward', () => book.grad(M, 'dense0_weight')),
    cell(8, 'prints all parameters of a layer and of the network', async ({ print }) => {
      print(await book.collectParams(M, 'net.0'), await book.collectParams(M, 'net'))
    }),
    cell(9, 'reads a bias by its full name', () => book.data(M, 'dense1_bias')),
    cell(10, 'selects parameters by patterns', async ({ print }) => {
      print(await book.collectParams(M, 'net', '.*weight'), await book.collectParams(M, 'net', 'dense0.*'))
    })
  ]

  const nested = [
    cell(11, 'hosts the Rube Goldberg network', async ({ check }) => {
      check((await book.get<{ source: string }>('/v1/architectures/rgnet')).source === 'module', 'rgnet is an architecture of a module')
    }),
    cell(12, 'runs the Rube Goldberg network', async () => {
      await book.initialize(M, { block: 'rgnet' })
      await choose(1)
      return run()
    }),
    cell(13, 'prints it and its parameters', async ({ print }) => {
      const { repr } = await book.block(M, 'rgnet')
      print(`<bound method Block.collect_params of ${repr}>`, await book.collectParams(M, 'rgnet'))
    }),
    cell(14, 'reads a bias deep inside', () => book.data(M, 'rgnet.0.1.0.bias'))
  ]

  const initialization = [
    cell(45, 'initializes again from a normal distribution', async () => { await again({ type: 'Normal', sigma: 0.01 }) }),
    cell(46, 'reads a row of the weight', () => row('net.0.weight')),
    cell(47, 'initializes everything to one', async () => {
      await again({ type: 'Constant', value: 1 })
      return row('net.0.weight')
    }),
    cell(62, 'reads a weight of a layer by name', () => book.data(M, 'dense1_weight')),
    cell(63, 'initializes each layer in its own way', async ({ print }) => {
      await again({ type: 'Constant', value: 42 }, 'net.1')
      await again({ type: 'Xavier' }, 'net.0')
      print(await book.data(M, 'net.1.weight', '0,0'), await row('net.0.weight'))
    }),
    cell(64, 'hosts a custom initializer', async ({ check }) => {
      const { initializers } = await book.get<{ initializers: Array<{ type: string }> }>('/v1/initializers')
      check(initializers.some(({ type }) => type === 'MyInit'), 'the catalogue has MyInit')
    }),
    cell(65, 'initializes with it, and tells what it printed', async ({ print }) => {
      print(...await again({ type: 'MyInit' }))
      return row('net.0.weight')
    }),
    cell(74, 'sets values directly', async () => {
      await book.patch(M, 'net.0.weight', { slice: ':', add: 1 })
      await book.patch(M, 'net.0.weight', { slice: '0,0', set: 42 })
      return row('net.0.weight')
    })
  ]

  const tied = [
    cell(78, 'has two layers that share parameters', async () => { await book.initialize(M, { block: 'tied' }) }),
    cell(79, 'runs them', async () => {
      x = await book.uniform(M, [2, 20])
      await choose(2)
      return run()
    }),
    cell(80, 'changes one and finds it in the other', async ({ print, check }) => {
      print(await rowsEqual())
      await book.patch(M, 'tied.1.weight', { slice: '0,0', set: 100 })
      print(await rowsEqual())
      check((await book.data(M, 'tied.2.weight', '0,0')).data[0] === 100, 'the shared weight changed')
    })
  ]

  return { section: '5.2', cells: [...access, ...nested, ...initialization, ...tied] }
}

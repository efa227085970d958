/** 5.1 Layers and Blocks. */
import { FancyMLP } from '../../../models/fancy-mlp.ts'
import { MLP } from '../../../models/mlp.ts'
import { MySequential } from '../../../models/my-sequential.ts'
import { NestMLP } from '../../../models/nest-mlp.ts'
import { Block, Dense, np, Sequential, Session, type NDArray } from '../../../src/index.ts'
import { cell, type Section } from './cell.ts'

let x: NDArray
let chimera: Sequential

/** What a class makes, without moving the names and the stream of the section. */
const apart = <T>(make: () => T): T => new Session().run(make)

const keys = (block: Block): string => [...block.children.keys()].join()

export const section51: Section = {
  section: '5.1',
  cells: [
    cell(1, 'imports np, npx and nn', ({ check }) => {
      check(typeof Sequential === 'function' && typeof np.random.uniform === 'function', 'the library gives Blocks and np')
    }),
    cell(2, 'draws the input', () => { x = np.random.uniform({ size: [2, 20] }) }),
    cell(3, 'runs a Sequential of two Dense layers', () => {
      const net = new Sequential()
      net.add(new Dense(256, { activation: 'relu' }))
      net.add(new Dense(10))
      net.initialize()
      return net.call(x)
    }),
    cell(5, 'imports nn again', ({ check }) => { check(typeof Block === 'function', 'the library gives Block') }),
    cell(6, 'defines MLP', ({ check }) => { check(keys(apart(() => new MLP())) === 'hidden,output', 'MLP registers its children') }),
    cell(8, 'runs MLP', () => {
      const net = new MLP()
      net.initialize()
      return net.call(x)
    }),
    cell(10, 'defines MySequential', ({ check }) => {
      check(keys(apart(() => new MySequential().add(new Dense(1)))) === 'dense0', 'MySequential keeps a child under its own name')
    }),
    cell(28, 'runs MySequential', () => {
      const net = new MySequential()
      net.add(new Dense(256, { activation: 'relu' }))
      net.add(new Dense(10))
      net.initialize()
      return net.call(x)
    }),
    cell(29, 'defines FancyMLP', ({ check }) => {
      const { rand_weight: weight } = apart(() => new FancyMLP())
      check(weight.grad_req === 'null' && weight.name === 'fancymlp0_rand_weight', 'FancyMLP has a constant')
    }),
    cell(30, 'runs FancyMLP', () => {
      const net = new FancyMLP()
      net.initialize()
      return net.call(x)
    }),
    cell(31, 'defines NestMLP', ({ check }) => { check(keys(apart(() => new NestMLP())) === 'net,dense', 'NestMLP registers its children') }),
    cell(32, 'makes the chimera', () => { chimera = new Sequential().add(new NestMLP(), new Dense(20), new FancyMLP()) }),
    cell(33, 'runs the chimera', () => {
      chimera.initialize()
      return chimera.call(x)
    })
  ]
}

/** 5.3 Deferred Initialization. */
import { Dense, formatShape, init, Initializer, np, print, Sequential, type NDArray, type Weight } from '../../../src/index.ts'
import { cell, type Section } from './cell.ts'

let net: Sequential
let x: NDArray

/** Tells what it is asked to fill, and leaves it as it is. */
class MyInit extends Initializer {
  override init_weight (name: string, weight: Weight): void {
    print('Init', name, formatShape(weight.shape))
  }
}

const getnet = (): Sequential => new Sequential().add(new Dense(256, { activation: 'relu' })).add(new Dense(10))

export const section53: Section = {
  section: '5.3',
  cells: [
    cell(2, 'imports init, np, npx and nn', ({ check }) => { check(typeof init.Xavier === 'function', 'the library gives initializers') }),
    cell(3, 'defines a function that makes a network', ({ check }) => { check(typeof getnet === 'function', 'a function makes a network') }),
    cell(4, 'makes it', () => { net = getnet() }),
    cell(5, 'prints unknown dimensions', ({ print }) => {
      print(`<bound method Block.collect_params of ${String(net)}>`, String(net.collect_params()))
    }),
    cell(6, 'knows them no better after initialize', () => {
      net.initialize()
      return String(net.collect_params())
    }),
    cell(7, 'knows them after the first forward', () => {
      x = np.random.uniform({ size: [2, 20] })
      net.call(x)
      return String(net.collect_params())
    }),
    cell(8, 'initializes with an initializer that tells, and tells nothing yet', () => {
      net = getnet()
      net.initialize({ init: new MyInit() })
    }),
    cell(9, 'initializes at the first forward', () => {
      x = np.random.uniform({ size: [2, 20] })
      net.call(x)
    }),
    cell(10, 'initializes once only', () => { net.call(x) }),
    cell(11, 'initializes again when forced', () => { net.initialize({ init: new MyInit(), force_reinit: true }) }),
    cell(12, 'initializes at once when all sizes are given', () => {
      net = new Sequential()
      net.add(new Dense(256, { in_units: 20, activation: 'relu' }))
      net.add(new Dense(10, { in_units: 256 }))
      net.initialize({ init: new MyInit() })
    })
  ]
}

/** 5.4 Custom Layers. */
import { CenteredLayer } from '../../../models/centered-layer.ts'
import { MyDense } from '../../../models/my-dense.ts'
import { Dense, np, ParameterDict, Sequential, Session, type NDArray } from '../../../src/index.ts'
import { cell, type Section } from './cell.ts'

let net: Sequential
let dense: MyDense
let y: NDArray

export const section54: Section = {
  section: '5.4',
  cells: [
    cell(13, 'imports gluon, np, npx and nn', ({ check }) => { check(typeof ParameterDict === 'function', 'the library gives ParameterDict') }),
    cell(14, 'defines CenteredLayer', ({ check }) => {
      const layer = new Session().run(() => new CenteredLayer())
      check(layer.name === 'centeredlayer0' && layer.collect_params().keys().length === 0, 'CenteredLayer has no parameters')
    }),
    cell(15, 'centers a vector', () => new CenteredLayer().call(np.array([1, 2, 3, 4, 5])) as NDArray),
    cell(16, 'puts it into a network', () => {
      net = new Sequential().add(new Dense(128), new CenteredLayer())
      net.initialize()
    }),
    cell(17, 'runs the network', () => { y = net.call(np.random.uniform({ size: [4, 8] })) as NDArray }),
    // The mean of centred numbers around 0.1 is what rounding leaves: it depends on the order of summation.
    cell(18, 'finds a mean of about zero', () => np.mean(y), { tolerance: 1e-8 }),
    cell(21, 'makes a parameter in a ParameterDict', () => {
      const params = new ParameterDict()
      params.get('param2', { shape: [2, 3] })
      return String(params)
    }),
    cell(22, 'defines MyDense', ({ check }) => {
      const layer = new Session().run(() => new MyDense({ units: 3, in_units: 5 }))
      check([...layer.collect_params_with_prefix().keys()].join() === 'weight,bias', 'MyDense registers its parameters')
    }),
    cell(23, 'prints its parameters', () => {
      dense = new MyDense({ units: 3, in_units: 5 })
      return String(dense.params)
    }),
    cell(24, 'runs it', () => {
      dense.initialize()
      return dense.call(np.random.uniform({ size: [2, 5] })) as NDArray
    }),
    cell(27, 'runs a network of it', () => {
      net = new Sequential().add(new MyDense({ units: 8, in_units: 64 }), new MyDense({ units: 1, in_units: 8 }))
      net.initialize()
      return net.call(np.random.uniform({ size: [2, 64] })) as NDArray
    })
  ]
}

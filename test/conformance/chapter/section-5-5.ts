/** 5.5 File I/O. */
import { MLP } from '../../../models/mlp.ts'
import { load, load_parameters, np, save, save_parameters, Session, type HostTensor, type NDArray } from '../../../src/index.ts'
import { cell, type Section } from './cell.ts'

let x: NDArray
let y: NDArray
let net: MLP
let clone: MLP

export const section55: Section = {
  section: '5.5',
  cells: [
    cell(28, 'imports np, npx and nn', ({ check }) => { check(typeof save === 'function' && typeof load === 'function', 'the library gives save and load') }),
    cell(29, 'saves an array', async ({ path }) => {
      x = np.arange(4)
      await save(path('x-file'), x)
    }),
    cell(30, 'loads it', async ({ path }) => await load(path('x-file')) as readonly HostTensor[]),
    cell(32, 'saves and loads a list', async ({ path }) => {
      y = np.zeros([4])
      await save(path('x-files'), [x, y])
      return { tuple: await load(path('x-files')) as readonly HostTensor[] }
    }),
    cell(33, 'saves and loads a dictionary', async ({ path }) => {
      await save(path('mydict'), { x, y })
      return await load(path('mydict')) as ReadonlyMap<string, HostTensor>
    }),
    cell(34, 'defines MLP', ({ check }) => {
      check([...new Session().run(() => new MLP()).children.keys()].join() === 'hidden,output', 'MLP registers its children')
    }),
    cell(35, 'initializes and runs it', () => {
      net = new MLP()
      net.initialize()
      x = np.random.uniform({ size: [2, 20] })
      y = net.call(x) as NDArray
    }),
    cell(36, 'saves its parameters', ({ path }) => save_parameters(net, path('mlp.params')).then(() => undefined)),
    cell(37, 'loads them into a clone', async ({ path }) => {
      clone = new MLP()
      await load_parameters(clone, path('mlp.params'))
    }),
    cell(38, 'gets the same output from the clone', () => np.equal(clone.call(x) as NDArray, y))
  ]
}

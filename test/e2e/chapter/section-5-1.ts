/** 5.1 Layers and Blocks. Each network is a model with a stream of its own, moved to where it stands in the book. */
import { cell, type Section } from '../../conformance/chapter/cell.ts'
import type { HostTensor } from '../../../src/tensor.ts'
import { dense, sequential, type Book } from './book.ts'

const X = 2 * 20
const TWO_LAYERS = 256 * 20 + 10 * 256
const FANCY = 20 * 20 + 20 * 20
const layers = [dense(256, { activation: 'relu' }), dense(10)]

export function section51 (book: Book): Section {
  let x: HostTensor
  const offers = async (name: string): Promise<boolean> => (await book.get<{ source: string }>(`/v1/architectures/${name}`)).source === 'module'

  async function run (model: string, architecture: unknown, drawnBefore: number): Promise<HostTensor> {
    await book.create(model, architecture)
    await book.skip(model, drawnBefore)
    await book.initialize(model)
    return (await book.forward(model, x)).output
  }

  /** For a network with a random constant: the model draws it when it is made, the book after all that came before. */
  async function runWithConstant (model: string, drawnBefore: number): Promise<HostTensor> {
    await book.create(model, model)
    await book.initialize(model, { seed: 0 })
    await book.skip(model, drawnBefore)
    await book.put(model, 'fancymlp0_rand_weight', await book.uniform(model, [20, 20]))
    return (await book.forward(model, x)).output
  }

  return {
    section: '5.1',
    cells: [
      cell(1, 'offers Blocks', async ({ check }) => {
        const { blocks } = await book.get<{ blocks: Array<{ type: string }> }>('/v1/blocks')
        check(['Sequential', 'Dense'].every(type => blocks.some(block => block.type === type)), 'the catalogue has Sequential and Dense')
      }),
      cell(2, 'draws the input from the stream of a new model', async () => {
        await book.create('seq', sequential(...layers))
        x = await book.uniform('seq', [2, 20])
      }),
      cell(3, 'runs a Sequential of two Dense layers', async () => {
        await book.initialize('seq')
        return (await book.forward('seq', x)).output
      }),
      cell(5, 'offers Blocks still', async ({ check }) => {
        const { initializers } = await book.get<{ initializers: unknown[] }>('/v1/initializers')
        check(initializers.length > 0, 'the catalogue has initializers')
      }),
      cell(6, 'hosts MLP', async ({ check }) => { check(await offers('MLP'), 'MLP is an architecture of a module') }),
      cell(8, 'runs MLP', () => run('mlp', 'MLP', X + TWO_LAYERS)),
      cell(10, 'hosts MySequential', async ({ check }) => { check(await offers('MySequential'), 'MySequential is an architecture of a module') }),
      cell(28, 'runs MySequential', () => run('my', { type: 'MySequential', children: layers }, X + 2 * TWO_LAYERS)),
      cell(29, 'hosts FancyMLP', async ({ check }) => { check(await offers('FancyMLP'), 'FancyMLP is an architecture of a module') }),
      cell(30, 'runs FancyMLP', () => runWithConstant('FancyMLP', X + 3 * TWO_LAYERS)),
      cell(31, 'hosts NestMLP', async ({ check }) => { check(await offers('NestMLP'), 'NestMLP is an architecture of a module') }),
      cell(32, 'hosts the chimera', async ({ check }) => { check(await offers('chimera'), 'chimera is an architecture of a module') }),
      cell(33, 'runs the chimera', () => runWithConstant('chimera', X + 3 * TWO_LAYERS + FANCY))
    ]
  }
}

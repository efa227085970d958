/** 5.4 Custom Layers. */
import { cell, type Section } from '../../conformance/chapter/cell.ts'
import { hostTensor, type HostTensor } from '../../../src/tensor.ts'
import { dense, dictText, sequential, withClasses, type Book } from './book.ts'

/** What the first networks of the section draw: input and weight; weight, bias (which MyDense leaves to the initializer) and input. */
const CENTERED = 4 * 8 + 128 * 8
const MY_DENSE = 5 * 3 + 3 + 2 * 5
const myDense = (units: number, in_units: number): Record<string, unknown> => ({ type: 'MyDense', units, in_units })

export function section54 (book: Book): Section {
  let y: HostTensor
  const offers = async (name: string): Promise<boolean> => (await book.get<{ source: string }>(`/v1/architectures/${name}`)).source === 'module'
  return {
    section: '5.4',
    cells: [
      cell(13, 'offers Blocks', async ({ check }) => {
        check((await book.get<{ blocks: unknown[] }>('/v1/blocks')).blocks.length > 0, 'the catalogue has blocks')
      }),
      cell(14, 'hosts CenteredLayer', async ({ check }) => { check(await offers('CenteredLayer'), 'CenteredLayer is an architecture of a module') }),
      cell(15, 'centers a vector', async () => {
        await book.create('layer', 'CenteredLayer')
        return (await book.forward('layer', hostTensor('float32', [5], Float32Array.of(1, 2, 3, 4, 5)))).output
      }),
      cell(16, 'puts it into a network', async () => {
        await book.create('centered', sequential(dense(128), { type: 'CenteredLayer' }))
        await book.initialize('centered')
      }),
      cell(17, 'runs the network', async () => {
        y = (await book.forward('centered', await book.uniform('centered', [4, 8]))).output
      }),
      // The mean of centred numbers around 0.1 is what rounding leaves: it depends on the order of summation.
      cell(18, 'finds a mean of about zero', () => {
        const mean = (y.data as Float32Array).reduce((sum, value) => sum + value, 0) / y.data.length
        return hostTensor('float32', [], Float32Array.of(mean))
      }, { tolerance: 1e-8 }),
      cell(21, 'has a parameter in a block of statements', async () => {
        await book.create('params', { type: 'custom', class: 'Params', prefix: '', init: [['param', 'param2', { shape: [2, 3] }]], forward: null })
        return dictText('', withClasses([await book.parameter('params', 'param2')]))
      }),
      cell(22, 'hosts MyDense', async ({ check }) => { check(await offers('MyDense'), 'MyDense is an architecture of a module') }),
      cell(23, 'prints its parameters', async () => {
        await book.create('dense', 'MyDense', { options: { units: 3, in_units: 5 } })
        const { parameters } = await book.get<{ parameters: Parameters<typeof withClasses>[0] }>('/v1/models/dense/parameters')
        return dictText('mydense0', withClasses(parameters))
      }),
      cell(24, 'runs it', async () => {
        await book.skip('dense', CENTERED)
        await book.initialize('dense')
        return (await book.forward('dense', await book.uniform('dense', [2, 5]))).output
      }),
      cell(27, 'runs a network of it', async () => {
        await book.create('dense-net', sequential(myDense(8, 64), myDense(1, 8)))
        await book.skip('dense-net', CENTERED + MY_DENSE)
        await book.initialize('dense-net')
        return (await book.forward('dense-net', await book.uniform('dense-net', [2, 64]))).output
      })
    ]
  }
}

/** 5.5 File I/O. */
import { cell, type Section } from '../../conformance/chapter/cell.ts'
import { hostTensor, type HostTensor } from '../../../src/tensor.ts'
import { fromWire, toWire, type WireTensor } from '../tensors.ts'
import { equal, type Book } from './book.ts'

const MODEL = 'mlp-5-5'
const array = hostTensor('float32', [4], Float32Array.of(0, 1, 2, 3))
const zeros = hostTensor('float32', [4], new Float32Array(4))

/** Where the files of the section can be downloaded. */
export const FILES: Readonly<Record<string, string>> = {
  'x-file': '/v1/arrays/x-file?format=mxnet',
  'x-files': '/v1/arrays/x-files?format=mxnet',
  mydict: '/v1/arrays/mydict?format=mxnet',
  'mlp.params': `/v1/models/${MODEL}/checkpoints/1/content`
}

export function section55 (book: Book): Section {
  let x: HostTensor
  let y: HostTensor
  return {
    section: '5.5',
    cells: [
      cell(28, 'keeps arrays', async ({ check }) => {
        check((await book.get<{ arrays: unknown[] }>('/v1/arrays')).arrays.length === 0, 'there are no arrays yet')
      }),
      cell(29, 'stores an array', async () => { await book.putArrays('x-file', { array: toWire(array) }) }),
      cell(30, 'reads it', async () => [fromWire((await book.get<{ array: WireTensor }>('/v1/arrays/x-file')).array)]),
      cell(32, 'stores and reads a list', async () => {
        await book.putArrays('x-files', { list: [toWire(array), toWire(zeros)] })
        return { tuple: (await book.get<{ list: WireTensor[] }>('/v1/arrays/x-files')).list.map(fromWire) }
      }),
      cell(33, 'stores and reads a dictionary', async () => {
        await book.putArrays('mydict', { arrays: { x: toWire(array), y: toWire(zeros) } })
        const { arrays } = await book.get<{ arrays: Record<string, WireTensor> }>('/v1/arrays/mydict')
        return new Map(Object.entries(arrays).map(([name, value]) => [name, fromWire(value)]))
      }),
      cell(34, 'hosts MLP', async ({ check }) => {
        check((await book.get<{ source: string }>('/v1/architectures/MLP')).source === 'module', 'MLP is an architecture of a module')
      }),
      cell(35, 'initializes and runs it', async () => {
        await book.create(MODEL, 'MLP')
        await book.initialize(MODEL)
        x = await book.uniform(MODEL, [2, 20])
        y = (await book.forward(MODEL, x)).output
      }),
      cell(36, 'saves its parameters as a checkpoint', async ({ check }) => { check(await book.save(MODEL) === 1, 'the first checkpoint is number 1') }),
      cell(37, 'loads them into a clone', async () => {
        await book.create('clone', 'MLP', { seed: 1 })
        await book.load('clone', { model: MODEL, checkpoint: 1 })
      }),
      cell(38, 'gets the same output from the clone', async () => equal((await book.forward('clone', x)).output, y))
    ]
  }
}

/** 5.3 Deferred Initialization. */
import { cell, type Section } from '../../conformance/chapter/cell.ts'
import type { HostTensor } from '../../../src/tensor.ts'
import { dense, oneOf, sequential, type Book } from './book.ts'

const M = 'deferred'
const INIT = { type: 'MyInit' }
const getnet = sequential(dense(256, { activation: 'relu' }), dense(10))
const known = sequential(dense(256, { in_units: 20, activation: 'relu' }), dense(10, { in_units: 256 }))

export function section53 (book: Book): Section {
  let x: HostTensor
  return {
    section: '5.3',
    cells: [
      cell(2, 'offers initializers', async ({ check }) => {
        const { initializers } = await book.get<{ initializers: Array<{ type: string }> }>('/v1/initializers')
        check(initializers.some(({ type }) => type === 'MyInit'), 'the catalogue has MyInit')
      }),
      cell(3, 'accepts the network as a spec', async ({ check }) => {
        check(await book.isValid(getnet), 'the spec of the network is valid')
      }),
      cell(4, 'makes it', async () => { await book.create(M, oneOf({ first: getnet, second: getnet, third: known })) }),
      cell(5, 'prints unknown dimensions', async ({ print }) => {
        const { repr } = await book.block(M, 'first')
        print(`<bound method Block.collect_params of ${repr}>`, await book.collectParams(M, 'first'))
      }),
      cell(6, 'knows them no better after initialize', async () => {
        await book.initialize(M, { select: '.*which' })
        await book.initialize(M, { block: 'first' })
        return book.collectParams(M, 'first')
      }),
      cell(7, 'knows them after the first forward', async () => {
        x = await book.uniform(M, [2, 20])
        await book.forward(M, x)
        return book.collectParams(M, 'first')
      }),
      cell(8, 'initializes with an initializer that tells, and tells nothing yet', async ({ print }) => {
        print(...await book.initialize(M, { block: 'second', init: INIT }))
      }),
      cell(9, 'initializes at the first forward', async ({ print }) => {
        await book.patch(M, 'which', { slice: ':', set: 1 })
        x = await book.uniform(M, [2, 20])
        print(...(await book.forward(M, x)).messages)
      }),
      cell(10, 'initializes once only', async ({ print }) => { print(...(await book.forward(M, x)).messages) }),
      cell(11, 'initializes again when forced', async ({ print }) => {
        print(...await book.initialize(M, { block: 'second', init: INIT, force_reinit: true }))
      }),
      cell(12, 'initializes at once when all sizes are given', async ({ print }) => {
        print(...await book.initialize(M, { block: 'third', init: INIT }))
      })
    ]
  }
}

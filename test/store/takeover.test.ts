import t from 'tap'
import { openStore } from '../../src/store/store.ts'
import { NOW, temporaryFolder } from './samples.ts'

t.test('a store that was taken over refuses the transactions of its old owner', async t => {
  const folder = temporaryFolder(t)
  const first = openStore(folder, { takeOver: true })
  first.transact(tx => { tx.putArchitecture({ name: 'a', spec: {}, created_at: NOW, updated_at: NOW }) })
  const second = openStore(folder, { takeOver: true })
  t.throws(() => first.transact(tx => { tx.removeArchitecture('a') }), { code: 'store_taken_over' })
  t.ok(second.architecture('a'))
  second.transact(tx => { tx.removeArchitecture('a') })
  t.equal(first.architecture('a'), undefined, 'reading goes on')
  second.close()
})

import fc from 'fast-check'
import { deepStrictEqual, equal } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LARGEST_INLINE } from '../../src/store/contents.ts'
import { openStore } from '../../src/store/store.ts'
import { actual, blobsIn, emptyReference, expected, perform, type Operation } from './reference.ts'
import { blobFiles, LARGE, temporaryFolder } from './samples.ts'

const PARAMETERS = ['dense0_weight', 'dense0_bias', '', 'é'.repeat(1024), `${'é'.repeat(1023)}x`, 'nul\0', 'w\ud800', '../w']

const name = fc.constantFrom('a', 'b', 'A', 'a.b', 'zz')
const parameter = fc.constantFrom(...PARAMETERS)
const fill = fc.integer({ min: 1, max: 255 })
const length = fc.constantFrom(1, 1000, LARGE - 1, LARGE)
const arrayLength = fc.constantFrom(1, 70_000, LARGEST_INLINE, LARGEST_INLINE + 1)
const has = <T extends Operation['do']>(kind: T): fc.Arbitrary<T> => fc.constant(kind)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: has('model'), name }) },
  fc.record({ do: has('drop model'), name }),
  { weight: 4, arbitrary: fc.record({ do: has('value'), name, parameter, length, fill }) },
  fc.record({ do: has('drop value'), name, parameter }),
  fc.record({ do: has('stream'), name, fill }),
  { weight: 2, arbitrary: fc.record({ do: has('checkpoint'), name, fill }) },
  fc.record({ do: has('drop checkpoint'), name, id: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: has('architecture'), name, fill }),
  fc.record({ do: has('drop architecture'), name }),
  fc.record({ do: has('arrays'), name, length: arrayLength, fill }),
  fc.record({ do: has('drop arrays'), name })
)

const batch = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 8 }),
  then: fc.constantFrom('commit', 'commit', 'commit', 'undo', 'reopen')
})

class Undone extends Error {}

t.test('the store holds what plain maps hold, after any transactions, undone ones and reopenings', async t => {
  const folder = temporaryFolder(t)
  let run = 0
  fc.assert(fc.property(fc.array(batch, { minLength: 1, maxLength: 12 }), batches => {
    const place = join(folder, String(run++))
    let reference = emptyReference()
    let store = openStore(place)
    for (const { operations, then } of batches) {
      const changed = structuredClone(reference)
      try {
        store.transact(tx => {
          for (const each of operations) perform(tx, changed, each)
          if (then === 'undo') throw new Undone()
        })
        reference = changed
      } catch (error) {
        if (!(error instanceof Undone)) throw error
      }
      if (then === 'reopen') {
        store.close()
        store = openStore(place)
      }
      deepStrictEqual(actual(store, PARAMETERS), expected(reference))
      equal(store.modelCount(), reference.models.size)
      equal(blobFiles(place).length, blobsIn(reference, LARGEST_INLINE))
    }
    store.close()
    rmSync(place, { recursive: true })
  }), { numRuns: 60 })
})

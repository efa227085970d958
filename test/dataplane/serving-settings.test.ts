import t from 'tap'
import { ServingSettings } from '../../src/dataplane/serving-settings.ts'
import type { GivenServing } from '../../src/operations/schemas/serving.ts'
import type { ModelRecord } from '../../src/store/store.ts'

const DEFAULTS = { max_batch_size: 4096, max_queue_delay_us: 0, cache_bytes: 0 }

/** Settings over a store of one model, which counts how often it is read. */
function settingsOver (serving: GivenServing | undefined) {
  const saved = { revision: 1, serving }
  const reads: string[] = []
  const model = (name: string): ModelRecord | undefined => {
    reads.push(name)
    return name === 'm' ? { ...saved } as unknown as ModelRecord : undefined
  }
  return { saved, reads, settings: new ServingSettings({ model }) }
}

t.test('the store is read once however many inferences ask', async t => {
  const { settings, reads } = settingsOver({ cache_bytes: 9 })
  for (let turn = 0; turn < 3; turn++) t.same(settings.of('m'), { ...DEFAULTS, cache_bytes: 9 })
  t.same(reads, ['m'])
})

t.test('it is read again once a mutation ended', async t => {
  const { settings, saved } = settingsOver({})
  t.same(settings.of('m'), DEFAULTS)
  Object.assign(saved, { revision: 2, serving: { max_batch_size: 3 } })
  t.same(settings.of('m'), DEFAULTS, 'not before')
  settings.forget('m')
  t.same(settings.of('m'), { ...DEFAULTS, max_batch_size: 3 })
})

t.test('a change that nobody was told of shows by the revision of an answer', async t => {
  const { settings, saved, reads } = settingsOver({})
  settings.of('m')
  settings.see('m', 1)
  settings.of('m')
  t.same(reads, ['m'], 'the same revision is no news')
  Object.assign(saved, { revision: 2, serving: { max_queue_delay_us: 7 } })
  settings.see('m', 2)
  t.same(settings.of('m'), { ...DEFAULTS, max_queue_delay_us: 7 })
})

t.test('names that nobody has are not remembered', async t => {
  const { settings, reads } = settingsOver({})
  t.equal(settings.of('ghost'), undefined)
  t.equal(settings.of('ghost'), undefined)
  t.same(reads, ['ghost', 'ghost'])
})

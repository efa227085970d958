/** A small soak, so that the script does what it says; `npm run soak` is the large one. */
import t from 'tap'
import { TEST_BACKEND } from '../backends.ts'
import { soak } from './report.ts'
import { unsteadiness, type Phase } from './steady.ts'

const AMOUNTS = { starts: 5, kills: 3, forwards: 500, backwards: 100 }
// In so few calls JavaScript's heap finds its size: a leak of a batch per call would be seen all the same.
const MOST_GROWTH = 0.25

t.setTimeout(600_000)

t.test('engines start, stop, are killed at work, and keep their tensors and memory as they were', async t => {
  const { faults, stderr, phases } = await soak(TEST_BACKEND, AMOUNTS, MOST_GROWTH)
  t.same(faults, [])
  t.equal(stderr, '', 'no process complains')
  t.same(phases.map(({ name, samples }) => [name, samples.at(-1)?.calls]), [['forwards', 500], ['backwards', 100]])
  t.ok(phases.every(({ samples }) => samples.every(({ bytes, tensors }) => bytes > 1e7 && tensors > 0)))
})

t.test('a tensor more and memory that grows are found', async t => {
  const phase = (bytes: (i: number) => number, tensors: (i: number) => number): Phase =>
    ({ name: 'calls', samples: Array.from({ length: 100 }, (_, i) => ({ calls: i, bytes: bytes(i), tensors: tensors(i) })) })
  t.same(unsteadiness(phase(i => i < 10 ? 100 : 150, () => 6), 0.03), [], 'growth in the first tenth is none')
  t.same(unsteadiness(phase(i => 1000 + 20 * (i % 40), () => 6), 0.03), [], 'nor is what is collected')
  t.same(unsteadiness(phase(() => 150, i => i > 98 ? 7 : 6), 0.03), ['calls: the engine held 6, then 7 tensors'])
  t.same(unsteadiness(phase(i => 1000 + i + 20 * (i % 40), () => 6), 0.03), ['calls: memory grew by 3.8 %'])
})

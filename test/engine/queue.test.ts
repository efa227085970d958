import fc from 'fast-check'
import t from 'tap'
import { Pending } from '../../src/engine/pending.ts'
import { Queue } from '../../src/engine/queue.ts'

const pending = (id: number, model: string | null): Pending =>
  new Pending(id, { operation: 'op', kind: 'read', model, input: null, deadline: Infinity }, 0, () => {})

const step = fc.oneof(
  fc.record({ add: fc.constantFrom('a', 'b', null) }),
  fc.record({ remove: fc.nat(20) }),
  fc.record({ take: fc.integer({ min: 0, max: 5 }) })
)

t.test('after any steps the queue holds what a plain list would hold, and counts it per model', async () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), steps => {
    const queue = new Queue(3)
    const made: Pending[] = []
    let list: Pending[] = []
    for (const step of steps) {
      if ('add' in step) {
        made.push(pending(made.length, step.add))
        list.push(made.at(-1) as Pending)
        queue.add(made.at(-1) as Pending)
      } else if ('remove' in step) {
        list = list.filter(({ id }) => id !== step.remove)
        if (step.remove < made.length) queue.remove(made[step.remove] as Pending)
      } else {
        const taken = queue.take(step.take)
        if (taken.some((pending, i) => pending !== list[i]) || taken.length !== Math.min(step.take, list.length)) return false
        list = list.slice(step.take)
      }
    }
    const count = (model: string | null): number => list.filter(({ call }) => call.model === model).length
    const counted = (['a', 'b', null] as const).every(model =>
      (queue.counts.get(model) ?? 0) === count(model) && queue.isFull(model) === (count(model) >= 3))
    return counted && queue.size === list.length
  }))
})

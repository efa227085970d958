import fc from 'fast-check'
import t from 'tap'
import { Pending } from '../../src/engine/pending.ts'
import { Waiting } from '../../src/engine/waiting.ts'
import type { OperationKind } from '../../src/engine/messages.ts'

interface Made { readonly model: string | null, readonly kind: OperationKind, readonly priority: number }

const pending = (id: number, { model, kind, priority }: Made): Pending =>
  new Pending(id, { operation: 'op', kind, model, priority, input: null, deadline: Infinity }, 0, () => {})

const made = fc.record({
  model: fc.constantFrom('a', 'b', null), kind: fc.constantFrom('infer', 'infer', 'mutate', 'read'), priority: fc.constantFrom(0, 1, 100, 200)
})
const step = fc.oneof(fc.record({ add: made }), fc.record({ remove: fc.nat(20) }))

/** The calls of one model in the order in which they should leave: inferences sorted between two other calls. */
function expected (calls: readonly Pending[]): Pending[] {
  const [head, ...rest] = calls
  if (head === undefined) return []
  if (!head.isInference) return [head, ...expected(rest)]
  const end = calls.findIndex(({ isInference }) => !isInference)
  const stretch = calls.slice(0, end === -1 ? calls.length : end)
  return [...stretch.toSorted((a, b) => a.priority - b.priority), ...expected(calls.slice(stretch.length))]
}

t.test('calls of a model leave in order of arrival, but urgent inferences overtake others between two other calls', async () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), steps => {
    const waiting = new Waiting(3)
    const all: Pending[] = []
    let left: Pending[] = []
    for (const step of steps) {
      if ('add' in step) {
        const call = pending(all.length, step.add)
        all.push(call)
        left.push(call)
        waiting.add(call)
      } else if (step.remove < all.length) {
        left = left.filter(({ id }) => id !== step.remove)
        waiting.remove(all[step.remove] as Pending)
      }
    }
    const of = (model: string | null): Pending[] => left.filter(({ call }) => call.model === model)
    return waiting.size === left.length && (['a', 'b', null] as const).every(model => {
      const order = [...waiting].filter(({ call }) => call.model === model)
      const counts = (waiting.counts.get(model) ?? 0) === of(model).length && waiting.isFull(model) === (of(model).length >= 3)
      return counts && order.every((call, i) => call === expected(of(model))[i])
    })
  }))
})

t.test('a model that had its turn comes after the others, unless what it has is more urgent', async t => {
  const waiting = new Waiting(10)
  const add = (id: number, model: string, priority = 0): void => { waiting.add(pending(id, { model, kind: 'infer', priority })) }
  const turns = (): unknown[] => waiting.turns().map(({ head }) => head?.call.model)
  add(1, 'a')
  add(2, 'b')
  add(3, 'c')
  t.same(turns(), ['a', 'b', 'c'])
  waiting.passTurn('a')
  t.same(turns(), ['b', 'c', 'a'])
  add(4, 'a', 1)
  t.same(turns(), ['a', 'b', 'c'])
})

t.test('a call that is put back is the next of its model', async t => {
  const waiting = new Waiting(10)
  const [first, second] = [1, 2].map(id => pending(id, { model: 'm', kind: 'infer', priority: 0 })) as [Pending, Pending]
  waiting.add(second)
  waiting.putBack(first)
  t.same([...waiting].map(({ id }) => id), [1, 2])
})

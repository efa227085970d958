/** The two bounds of kept answers: each model's own, and that of all. */
import fc from 'fast-check'
import t from 'tap'
import { ResponseCache } from '../../src/dataplane/response-cache.ts'
import { kept } from './kept.ts'

t.test('beyond the bound of all models the answers used least recently go, whichever model they are of', async t => {
  const cache = new ResponseCache(4000)
  const has = (model: string, key: string): boolean => cache.get(model, key) !== undefined
  cache.set('a', '1', kept(250), 10_000)
  cache.set('b', '1', kept(250), 10_000)
  cache.get('a', '1')
  cache.set('c', '1', kept(250), 10_000)
  t.same([has('a', '1'), has('b', '1'), has('c', '1')], [true, false, true])
  t.same([...cache.bytes], [['a', 1768], ['b', 0], ['c', 1768]])
  cache.set('a', 'large', kept(2000), 10_000)
  t.same([has('a', 'large'), has('a', '1'), has('c', '1')], [false, true, true], 'what does not fit at all drives nothing out')
  cache.forget('a')
  for (const key of ['1', '2']) cache.set('b', key, kept(50), 10_000)
  t.same([has('b', '1'), has('b', '2'), has('c', '1')], [true, true, true], 'what was forgotten left its room')
})

interface Place { readonly model: string, readonly key: string, readonly bytes: number }

/** What the cache should hold: all answers in one list, the one used last at its end. */
class Reference {
  readonly #limit: number
  #kept: Place[] = []
  readonly #bounds = new Map<string, number>()

  constructor (limit: number) { this.#limit = limit }

  has (model: string, key: string): boolean { return this.#kept.some(each => each.model === model && each.key === key) }

  use (model: string, key: string): void {
    const isUsed = (each: Place): boolean => each.model === model && each.key === key
    this.#kept = [...this.#kept.filter(each => !isUsed(each)), ...this.#kept.filter(isUsed)]
  }

  set (model: string, key: string, bytes: number, bound: number): void {
    if (this.#bounds.get(model) !== bound) this.forget(model)
    this.#bounds.set(model, bound)
    this.#kept = this.#kept.filter(each => each.model !== model || each.key !== key)
    if (bytes > Math.min(bound, this.#limit)) return
    while (this.bytes(model) + bytes > bound) this.#kept.splice(this.#kept.findIndex(each => each.model === model), 1)
    while (this.bytes() + bytes > this.#limit) this.#kept.shift()
    this.#kept.push({ model, key, bytes })
  }

  forget (model: string): void { this.#kept = this.#kept.filter(each => each.model !== model) }

  bytes (model?: string): number {
    return this.#kept.filter(each => model === undefined || each.model === model).reduce((total, { bytes }) => total + bytes, 0)
  }
}

const MODELS = ['a', 'b', 'c']
const LIMIT = 6000
const model = fc.constantFrom(...MODELS)
const key = fc.constantFrom('1', '2', '3', '4')
const bound = fc.constantFrom(3000, 5000, 9000)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('set' as const), model, key, size: fc.integer({ min: 0, max: 1500 }), bound }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('get' as const), model, key }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('forget' as const), model }) }
)

t.test('no model has more than its own bound, all have no more than the bound of all, and what is kept is what was used last', async t => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const cache = new ResponseCache(LIMIT)
    const reference = new Reference(LIMIT)
    for (const each of steps) {
      if (each.act === 'set') {
        cache.set(each.model, each.key, kept(each.size), each.bound)
        reference.set(each.model, each.key, 768 + 4 * each.size, Math.min(each.bound, LIMIT))
        t.ok((cache.bytes.get(each.model) ?? 0) <= each.bound)
      } else if (each.act === 'get') {
        t.equal(cache.get(each.model, each.key) !== undefined, reference.has(each.model, each.key))
        reference.use(each.model, each.key)
      } else {
        cache.forget(each.model)
        reference.forget(each.model)
      }
      t.same(MODELS.map(name => cache.bytes.get(name) ?? 0), MODELS.map(name => reference.bytes(name)))
      t.ok([...cache.bytes.values()].reduce((total, bytes) => total + bytes, 0) <= LIMIT)
    }
  }))
})

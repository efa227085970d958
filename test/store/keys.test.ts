import fc from 'fast-check'
import t from 'tap'
import { keyAfter, keyOf, nameIn, numberIn } from '../../src/store/keys.ts'

const LARGEST_KEY = 1978
const anyName = fc.string({ unit: 'binary', maxLength: 1500 })

t.test('different names never share a key, whatever characters they are made of', async () => {
  fc.assert(fc.property(anyName, anyName, (a, b) => a === b || !keyOf('value', 1, a).equals(keyOf('value', 1, b))))
})

t.test('names that differ only in lone surrogates do not share a key', async t => {
  t.notOk(keyOf('value', 1, 'w\ud800').equals(keyOf('value', 1, 'w\ud801')))
  t.notOk(keyOf('value', 1, 'w\ud800').equals(keyOf('value', 1, 'w\ufffd')))
})

t.test('the longest name of the widest characters fits into a key of the database', async t => {
  t.ok(keyOf('content').length + keyOf('value', 1, '€'.repeat(1024)).length < LARGEST_KEY)
  t.ok(keyOf('content').length + keyOf('value', 1, 'w'.repeat(1024)).length < LARGEST_KEY)
})

t.test('keys of models sort by id, and names by code point', async () => {
  const id = fc.nat({ max: 2 ** 48 - 1 })
  fc.assert(fc.property(id, id, (a, b) => Math.sign(Buffer.compare(keyOf('model', a), keyOf('model', b))) === Math.sign(a - b)))
  const name = fc.string({ unit: 'grapheme-ascii', maxLength: 128 })
  const order = (a: string, b: string): number => a === b ? 0 : a < b ? -1 : 1
  fc.assert(fc.property(name, name, (a, b) => Math.sign(Buffer.compare(keyOf('modelName', a), keyOf('modelName', b))) === order(a, b)))
})

t.test('every key of a prefix lies between the prefix and the key after it, and no other key does', async () => {
  const id = fc.oneof(fc.nat(), fc.constantFrom(255, 65535, 2 ** 24 - 1, 2 ** 48 - 1))
  fc.assert(fc.property(id, id, anyName, (a, b, name) => {
    const prefix = keyOf('value', a)
    const key = keyOf('value', b, name)
    const within = Buffer.compare(key, prefix) >= 0 && Buffer.compare(key, keyAfter(prefix)) < 0
    return within === (a === b)
  }))
})

t.test('what a key was made of can be read from it', async t => {
  t.equal(numberIn(keyOf('outcomeTime', 1714564800000)), 1714564800000)
  t.equal(nameIn(keyOf('blob', '0a1b')), '0a1b')
})

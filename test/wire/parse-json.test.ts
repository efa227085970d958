import fc from 'fast-check'
import t from 'tap'
import { MAX_DEPTH, parseJson } from '../../src/wire/parse-json.ts'

const parse = (text: string): unknown => parseJson(Buffer.from(text))
const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)

t.test('any JSON value is read as JSON.parse reads it', async () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), value => {
    const text = JSON.stringify(value)
    return JSON.stringify(parse(text)) === JSON.stringify(JSON.parse(text))
  }))
})

t.test('an empty body is no body', async t => {
  t.equal(parse(''), undefined)
})

t.test('the deepest allowed nesting is read, one more is refused, at any depth', async t => {
  t.ok(parse(nested(MAX_DEPTH)))
  for (const depth of [MAX_DEPTH + 1, 250_000]) t.throws(() => parse(nested(depth)), { code: 'invalid_json' })
  t.throws(() => parse(nested(MAX_DEPTH + 1, '{"a":', '}').replace(':}', ':1}')), { code: 'invalid_json' })
})

t.test('brackets inside strings and beside each other are no nesting', async t => {
  t.equal(parse(JSON.stringify('["\\'.repeat(500))), '["\\'.repeat(500))
  t.equal((parse(`[${'[],'.repeat(500)}[]]`) as unknown[]).length, 501)
})

for (const [what, text] of Object.entries({
  'cut off': '{"a": [1, 2',
  'followed by garbage': '{} x',
  'with a NaN token': '{"a": NaN}',
  'with an Infinity token': '[Infinity]',
  'with a byte order mark': '\ufeff{}',
  'with single quotes': '{\'a\': 1}'
})) {
  t.test(`JSON ${what} is refused`, async t => {
    t.throws(() => parse(text), { code: 'invalid_json' })
  })
}

t.test('bytes that are not UTF-8 are refused, UTF-8 is read', async t => {
  t.throws(() => parseJson(Buffer.from([0x22, 0xff, 0x22])), { code: 'invalid_json' })
  t.equal(parse('"żółw"'), 'żółw')
})

import fc from 'fast-check'
import t from 'tap'
import { parseJson } from '../../src/wire/parse-json.ts'
import { takeLists } from '../../src/wire/number-lists.ts'

/** Reads a text both ways: the member `data` of its object, as what was found fast and as the parser has it. */
function both (text: string): { fast: unknown, plain: unknown } {
  const body = Buffer.from(text)
  const { rest, numbers } = takeLists(body)
  const value = parseJson(rest)
  return { fast: numbers((value as { data: unknown }).data), plain: (parseJson(body) as { data: unknown }).data }
}

const isFast = (value: unknown): value is Float64Array => value instanceof Float64Array
const same = (a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean =>
  a.length === b.length && Array.from(a).every((x, i) => Object.is(x, b[i]))

/** Texts of one number, as languages write them. */
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => JSON.stringify(x)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(x => String(Number(x.toPrecision(7)))),
  fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 20 })).map(([x, digits]) => x.toFixed(digits)),
  fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 15 }))
    .map(([x, digits]) => x.toExponential(digits).replace('e', 'E')),
  fc.constantFrom('0', '-0', '-0.0', '0e5', '1e22', '1e-22', '9007199254740991', '9007199254740993', '0.1e1', '1.5E+3', '123456789012345e10')
)
const space = fc.constantFrom('', ' ', '\n', '\t\r ')

t.test('a list of a number is what the parser makes of it, to the last bit', async t => {
  let fast = 0
  fc.assert(fc.property(numberText, fc.array(space, { minLength: 16, maxLength: 40 }), space, (number, gaps, gap) => {
    const found = both(`{"data"${gap}:${gap}[${gaps.map(around => around + number + around).join()}]${gap}}`)
    if (isFast(found.fast)) fast++
    return same(found.fast as ArrayLike<unknown>, found.plain as ArrayLike<unknown>)
  }), { numRuns: 1000 })
  t.ok(fast > 200, `${fast} of 1000 were read fast`)
})

t.test('decimals as short as float32 needs them are all read fast', async () => {
  const floats = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-10), max: Math.fround(1e10) })
  const short = floats.map(x => Number(x.toPrecision(8)))
  fc.assert(fc.property(fc.array(short, { minLength: 16, maxLength: 2000 }), numbers => {
    const { fast } = both(JSON.stringify({ data: numbers }))
    return isFast(fast) && same(fast, numbers)
  }), { numRuns: 50 })
})

/** What may be wrong in a list, or in what stands around it. */
const spoil = fc.tuple(fc.nat(), fc.constantFrom('', ',', '[', ']', '"', '{', '-', '.', 'e', '+', '0', '01', 'x', ' 1', 'null', '\\', '"data":', 'é', '\u0000'))

t.test('a spoiled text is refused, or read, exactly as the parser does it', async () => {
  const outcome = (read: () => unknown): string => {
    try {
      return JSON.stringify(read(), (_key, value: unknown) => isFast(value) ? Array.from(value) : value)
    } catch (error) {
      return String((error as { code?: unknown }).code)
    }
  }
  const lists = fc.array(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 14, maxLength: 20 }), { minLength: 1, maxLength: 3 })
  fc.assert(fc.property(lists, fc.string(), fc.array(spoil, { maxLength: 3 }), (lists, other, spoils) => {
    const whole = JSON.stringify({ inputs: lists.map(data => ({ name: other, data, [other]: data })), 'x"data': lists[0] })
    const text = spoils.reduce((text, [at, what]) => `${text.slice(0, at % (text.length + 1))}${what}${text.slice((at % (text.length + 1)) + what.length)}`, whole)
    const body = Buffer.from(text)
    const put = (value: unknown, numbers: (member: unknown) => unknown): unknown => {
      const found = numbers(value)
      if (isFast(found) || typeof found !== 'object' || found === null) return found
      if (Array.isArray(found)) return found.map(item => put(item, numbers))
      return Object.fromEntries(Object.entries(found).map(([key, member]) => [key, put(member, numbers)]))
    }
    const fast = outcome(() => {
      const { rest, numbers } = takeLists(body)
      return put(parseJson(rest), numbers)
    })
    return fast === outcome(() => put(parseJson(body), member => member))
  }), { numRuns: 2000 })
})

t.test('lists that are short, long or not of numbers are left to the parser', async t => {
  for (const data of [[], [1], Array.from({ length: 15 }, (_, i) => i), [...Array.from({ length: 20 }, () => 1), 'NaN'], [Array.from({ length: 20 }, () => 1)]]) {
    const { fast, plain } = both(JSON.stringify({ data }))
    t.same(fast, plain)
    t.ok(Array.isArray(fast))
  }
  t.notOk(isFast(both(`{"data":[${'1,'.repeat(2 ** 22)}1]}`).fast))
})

t.test('what a client writes is never taken for a list that was taken out', async t => {
  const { rest, numbers } = takeLists(Buffer.from('{"data":["x",0]}'))
  t.same(numbers((parseJson(rest) as { data: unknown }).data), ['x', 0])
})

t.test('texts that differ in their numbers alone have the same rest', async t => {
  const textOf = (number: number): string => JSON.stringify({ a: 1, data: Array.from({ length: 20 }, () => number) })
  const restOf = (number: number): string => takeLists(Buffer.from(textOf(number))).rest.toString()
  t.equal(restOf(0.5), restOf(12.25))
  t.not(restOf(1), textOf(1))
})

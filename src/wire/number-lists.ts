/**
 * Lists of numbers, read straight out of the bytes of a JSON text: parsing them as values takes most of the time of a request. What is
 * not a plain list of short decimals is left to the parser.
 */
import { randomUUID } from 'node:crypto'

const KEY = Buffer.from('"data"')
/** Shorter ones are not worth the trouble. */
const LEAST = 16
/** A list that was taken out is named in its place, by a list that no client can write. */
const MARK = randomUUID()

const [TAB, LINE_FEED, RETURN, SPACE, COLON, OPEN, CLOSE, COMMA] = [...'\t\n\r :[],'].map(char => char.charCodeAt(0)) as [number, ...number[]]
const [ZERO, NINE, DOT, MINUS, PLUS, BIG_E, SMALL_E] = [...'09.-+Ee'].map(char => char.charCodeAt(0)) as [number, number, ...number[]]

/** 10⁰ to 10²², which are doubles exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** A JSON text from which the lists of numbers that are called `data` were taken. */
export interface Taken {
  /** The rest, with a mark in the place of each list: two texts that differ in nothing but the numbers have the same rest. */
  readonly rest: Buffer
  /** The numbers in whose place a member of the rest stands as a mark; any other member as it is. */
  readonly numbers: (member: unknown) => unknown
}

/** Takes the lists out, and reads them as doubles. */
export function takeLists (body: Buffer): Taken {
  const found: Float64Array[] = []
  const rest = withoutLists(body, found)
  return { rest, numbers: member => isMark(member) ? found[member[1]] : member }
}

const isMark = (member: unknown): member is [string, number] => Array.isArray(member) && member[0] === MARK

/**
 * The quote right behind `data` is not escaped, so a string ends there: what stands behind a colon is a value, and one list in the place of
 * another leaves the text as right, or as wrong, as it was.
 */
function withoutLists (body: Buffer, found: Float64Array[]): Buffer {
  const pieces: Buffer[] = []
  let from = 0
  for (let at = body.indexOf(KEY); at !== -1; at = body.indexOf(KEY, at + 1)) {
    const start = valueAt(body, at + KEY.length)
    const list = body[start] === OPEN ? readNumbers(body, start + 1) : undefined
    if (list === undefined || list.values.length < LEAST) continue
    pieces.push(body.subarray(from, start), Buffer.from(`["${MARK}",${found.length}]`))
    found.push(list.values)
    from = at = list.end
  }
  return from === 0 ? body : Buffer.concat([...pieces, body.subarray(from)])
}

/** Where the value of a key begins that ends before `at`. */
function valueAt (body: Uint8Array, at: number): number {
  const colon = pastSpace(body, at)
  return body[colon] === COLON ? pastSpace(body, colon + 1) : colon
}

function pastSpace (body: Uint8Array, from: number): number {
  let at = from
  while (isSpace(body[at] as number)) at++
  return at
}

const isSpace = (byte: number): boolean => byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE

/** Longer ones are left to the parser, which takes less memory for them. */
const MOST = 2 ** 22

/** Kept from list to list, so that none grows from nothing. */
let scratch = new Float64Array(1024)
const MOST_KEPT = 65_536

/**
 * The numbers of a list whose first element may begin at `start`, and where the list ends. Undefined when it is no list of numbers, or when
 * one of them is no product or quotient of two exact doubles.
 */
function readNumbers (body: Uint8Array, start: number): { values: Float64Array, end: number } | undefined {
  let values = scratch
  let count = 0
  let at = start
  for (;;) {
    at = pastSpace(body, at)
    const isNegative = body[at] === MINUS
    if (isNegative) at++
    const first = at
    let digits = 0
    let byte = body[at] as number
    while (isDigit(byte)) {
      digits = digits * 10 + (byte - ZERO)
      byte = body[++at] as number
    }
    if (at === first || (body[first] === ZERO && at > first + 1)) return undefined
    let scale = 0
    if (byte === DOT) {
      const fraction = at + 1
      byte = body[++at] as number
      while (isDigit(byte)) {
        digits = digits * 10 + (byte - ZERO)
        byte = body[++at] as number
      }
      scale = at - fraction
      if (scale === 0) return undefined
    }
    if (byte === SMALL_E || byte === BIG_E) {
      const exponent = readExponent(body, at + 1)
      if (exponent === undefined) return undefined
      scale -= exponent.value
      at = exponent.end
    }
    if (digits > Number.MAX_SAFE_INTEGER || scale > 22 || scale < -22) return undefined
    const size = scale > 0 ? digits / (POWERS[scale] as number) : digits * (POWERS[-scale] as number)
    if (count === MOST) return undefined
    if (count === values.length) values = grown(values)
    values[count++] = isNegative ? -size : size
    at = pastSpace(body, at)
    if (body[at] === CLOSE) return { values: values.slice(0, count), end: at + 1 }
    if (body[at] !== COMMA) return undefined
    at++
  }
}

function readExponent (body: Uint8Array, start: number): { value: number, end: number } | undefined {
  const isNegative = body[start] === MINUS
  const first = isNegative || body[start] === PLUS ? start + 1 : start
  let at = first
  let value = 0
  for (let byte = body[at] as number; isDigit(byte); byte = body[++at] as number) value = value * 10 + byte - ZERO
  return at === first ? undefined : { value: isNegative ? -value : value, end: at }
}

function grown (values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  if (larger.length <= MOST_KEPT) scratch = larger
  return larger
}

/**
 * Values ⇄ frames. A frame carries a batch of messages: JSON values that may hold typed arrays anywhere, so tensors and files too.
 * Layout: u32 mark, u32 bytes of JSON, f64 bytes of the whole frame, JSON, then the raw bytes of each typed array, each at a multiple of 8.
 * The JSON is `[messages, extras]`; an extra says what belongs at a path where the messages have null. Both ends are one machine, so
 * bytes keep the order of the host.
 */
import { problem } from '../errors.ts'

const ARRAYS = {
  Float32Array, Float64Array, Uint16Array, Uint8Array, Int32Array, Int8Array, BigInt64Array
} as const

type ArrayKind = keyof typeof ARRAYS
type Path = ReadonlyArray<string | number>
type Extra = readonly [path: Path, kind: ArrayKind, bytes: number] | readonly [path: Path, kind: 'number', text: string]

interface Found { readonly extras: Extra[], readonly arrays: ArrayBufferView[], readonly path: Array<string | number> }

const MARK = 0x31465342
export const FRAME_HEAD = 16
const align = (bytes: number): number => Math.ceil(bytes / 8) * 8

/**
 * One frame for a batch of messages. Typed arrays are copied once. Members that are undefined are left out, as in JSON;
 * −0 and non-finite numbers survive. Throws `channel_value` for anything else that JSON would change (Map, Date, bigint …).
 */
export function encodeFrame (messages: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const found: Found = { extras: [], arrays: [], path: [] }
  const plain = strip(messages, found)
  const json = JSON.stringify([plain, found.extras])
  const jsonBytes = Buffer.byteLength(json)
  const total = found.arrays.reduce((bytes, array) => bytes + align(array.byteLength), align(FRAME_HEAD + jsonBytes))
  const frame = Buffer.allocUnsafeSlow(total)
  frame.writeUInt32LE(MARK, 0)
  frame.writeUInt32LE(jsonBytes, 4)
  frame.writeDoubleLE(total, 8)
  frame.write(json, FRAME_HEAD)
  let at = pad(frame, FRAME_HEAD + jsonBytes)
  for (const array of found.arrays) {
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at = pad(frame, at + array.byteLength)
  }
  return new Uint8Array(frame.buffer as ArrayBuffer)
}

/** Fills a frame with zeros up to where the next part begins, which it returns: memory that was used before must not leave. */
function pad (frame: Buffer, end: number): number {
  const next = align(end)
  frame.fill(0, end, next)
  return next
}

/** The messages of one whole frame. Their typed arrays share the frame's memory. Throws `channel_frame` when it is cut short or broken. */
export function decodeFrame (frame: Uint8Array<ArrayBuffer>): unknown[] {
  if (frame.byteLength < FRAME_HEAD || frameLength(frame) !== frame.byteLength) throw broken(`it has ${frame.byteLength} bytes`)
  const jsonEnd = FRAME_HEAD + viewOf(frame).getUint32(4, true)
  if (jsonEnd > frame.byteLength) throw broken(`its text would end at byte ${jsonEnd} of ${frame.byteLength}`)
  const [messages, extras] = parse(frame, jsonEnd)
  let at = align(jsonEnd)
  for (const [path, kind, content] of extras) {
    const bytes = kind === 'number' ? 0 : content
    if (at + bytes > frame.byteLength) throw broken(`${bytes} bytes of ${path.join('.')} at ${at} end past its ${frame.byteLength}`)
    put(messages, path, kind === 'number' ? Number(content) : arrayOf(kind, frame, at, bytes))
    at += align(bytes)
  }
  return messages
}

/** The length of the frame whose first 16 bytes are given. Throws `channel_frame` when they do not begin a frame. */
export function frameLength (head: Uint8Array): number {
  const view = viewOf(head)
  const length = view.getFloat64(8, true)
  if (view.getUint32(0, true) !== MARK || !Number.isSafeInteger(length) || length < FRAME_HEAD) throw broken('it has no proper head')
  return length
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const broken = (detail: string, cause?: unknown): Error => problem('channel_frame', { detail }, { cause })

/** `value` with null for everything JSON cannot hold, noted in `found`; `value` itself when there is nothing of the kind. */
function strip (value: unknown, found: Found): unknown {
  if (typeof value === 'number') return isPlainNumber(value) ? value : note(found, 'number', Object.is(value, -0) ? '-0' : String(value))
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value === undefined) return value
  if (typeof value !== 'object') throw refusal(value, found)
  if (Array.isArray(value)) return stripItems(value, found)
  if (ArrayBuffer.isView(value)) return stripArray(value, found)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw refusal(value, found)
  return stripMembers(value as Record<string, unknown>, found)
}

/** JSON writes −0 as 0 and non-finite numbers as null. */
const isPlainNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0)

function stripItems (value: readonly unknown[], found: Found): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let i = 0; i < value.length; i++) {
    const item = stripAt(i, value[i], found)
    if (item === value[i]) continue
    copy ??= value.slice()
    copy[i] = item
  }
  return copy ?? value
}

function stripMembers (value: Record<string, unknown>, found: Found): object {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const member = stripAt(key, value[key], found)
    if (member === value[key]) continue
    // A spread makes a member named __proto__ an ordinary one, so that the assignment does not reach the prototype.
    copy ??= { ...value }
    copy[key] = member
  }
  return copy ?? value
}

function stripAt (key: string | number, value: unknown, found: Found): unknown {
  found.path.push(key)
  const stripped = strip(value, found)
  found.path.pop()
  return stripped
}

function stripArray (array: ArrayBufferView, found: Found): null {
  const kind = (array as Partial<Float32Array>)[Symbol.toStringTag] as string
  if (!isArrayKind(kind)) throw refusal(array, found)
  found.arrays.push(array)
  found.extras.push([[...found.path], kind, array.byteLength])
  return null
}

const isArrayKind = (kind: string): kind is ArrayKind => Object.hasOwn(ARRAYS, kind)

function note (found: Found, kind: 'number', text: string): null {
  found.extras.push([[...found.path], kind, text])
  return null
}

function refusal (value: unknown, found: Found): Error {
  const received = typeof value === 'object' && value !== null ? value.constructor?.name ?? 'an object' : `a ${typeof value}`
  return problem('channel_value', { received, where: found.path.join('.') })
}

function parse (frame: Uint8Array<ArrayBuffer>, jsonEnd: number): [unknown[], Extra[]] {
  try {
    return JSON.parse(Buffer.from(frame.buffer, frame.byteOffset + FRAME_HEAD, jsonEnd - FRAME_HEAD).toString()) as [unknown[], Extra[]]
  } catch (cause) {
    throw broken('its text is not JSON', cause)
  }
}

function arrayOf (kind: ArrayKind, frame: Uint8Array<ArrayBuffer>, at: number, bytes: number): ArrayBufferView {
  const Values = ARRAYS[kind]
  return new Values(frame.buffer, frame.byteOffset + at, bytes / Values.BYTES_PER_ELEMENT)
}

function put (messages: unknown[], path: Path, value: unknown): void {
  const last = path.length - 1
  let holder = messages as unknown as Record<string | number, unknown>
  for (let step = 0; step < last; step++) holder = holder[path[step] as string | number] as typeof holder
  holder[path[last] as string | number] = value
}

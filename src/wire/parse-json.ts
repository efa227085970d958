/** Bodies as parsed JSON: UTF-8, and no deeper than a bound. */
import { isAscii, isUtf8 } from 'node:buffer'
import { problem } from '../errors.ts'

/** Lists and objects may nest this deep. */
export const MAX_DEPTH = 100

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\[]{}'].map(char => char.charCodeAt(0))

/** Parses a body; an empty one is undefined. Throws `invalid_json`. */
export function parseJson (body: Buffer): unknown {
  if (body.length === 0) return undefined
  const text = decodeText(body)
  if (openings(text) > MAX_DEPTH && depth(text) > MAX_DEPTH) throw problem('invalid_json', { detail: `it nests deeper than ${MAX_DEPTH} levels` })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw problem('invalid_json', { detail: (error as Error).message }, { cause: error })
  }
}

function decodeText (body: Buffer): string {
  if (isAscii(body)) return body.toString('latin1')
  if (!isUtf8(body)) throw problem('invalid_json', { detail: 'it is not UTF-8' })
  return body.toString('utf8')
}

/** How many lists and objects open, counted to just past the bound: most bodies have few, and so need no scan. */
function openings (text: string): number {
  let count = 0
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at !== -1 && count <= MAX_DEPTH; at = text.indexOf(bracket, at + 1)) count++
  }
  return count
}

function depth (text: string): number {
  let deepest = 0
  let level = 0
  for (let at = 0; at < text.length && deepest <= MAX_DEPTH; at++) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) at = endOfString(text, at)
    else if (char === OPEN_LIST || char === OPEN_OBJECT) deepest = Math.max(deepest, ++level)
    else if (char === CLOSE_LIST || char === CLOSE_OBJECT) level--
  }
  return deepest
}

/** Where the string that starts at `start` ends. */
function endOfString (text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

import { problem } from '../../errors.ts'
import type { EngineState } from './mersenne-twister.ts'
import type { SavedEngine } from './parallel-stream.ts'

/** Which of MXNet's generators plain draws come from: the one of NumPy mode, or the parallel one of the classic arrays. */
export const RANDOM_MODES = ['np', 'nd'] as const
export type RandomMode = typeof RANDOM_MODES[number]

/** Everything a stream needs to go on. */
export interface StreamState {
  readonly mode: RandomMode
  readonly np: EngineState
  readonly parallelSeed: number
  readonly parallel: readonly SavedEngine[]
}

// Little-endian: version u32, mode u32, parallel seed u32, count of parallel engines u32, the np engine,
// then the parallel engines. An engine: position f64, index u32 (WITHOUT_WORDS: nothing follows), 624 words u32.
const VERSION = 1
const WORDS = 624
const HEADER = 16
const WITHOUT_WORDS = 0xffffffff

export function encodeStream (state: StreamState): Uint8Array<ArrayBuffer> {
  const engines = [state.np, ...state.parallel]
  const bytes = new Uint8Array(engines.reduce((size, engine) => size + engineBytes('words' in engine), HEADER))
  const view = new DataView(bytes.buffer)
  const header = [VERSION, RANDOM_MODES.indexOf(state.mode), state.parallelSeed, state.parallel.length]
  header.forEach((value, i) => view.setUint32(i * 4, value, true))
  let offset = HEADER
  for (const engine of engines) offset = writeEngine(view, offset, engine)
  return bytes
}

/** Throws `invalid_file` when the bytes are not a saved stream. */
export function decodeStream (bytes: Uint8Array): StreamState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER || view.getUint32(0, true) !== VERSION) throw unreadable('it does not start as one')
  const mode = RANDOM_MODES[view.getUint32(4, true)]
  if (mode === undefined) throw unreadable('its mode is not known')
  const [np, ...parallel] = readEngines(view, view.getUint32(12, true) + 1)
  if (np === undefined || !('words' in np)) throw unreadable('its first engine has no words')
  return { mode, np, parallelSeed: view.getUint32(8, true), parallel }
}

const engineBytes = (withWords: boolean): number => 12 + (withWords ? WORDS * 4 : 0)

function writeEngine (view: DataView, offset: number, engine: SavedEngine): number {
  const withWords = 'words' in engine
  view.setFloat64(offset, engine.position, true)
  view.setUint32(offset + 8, withWords ? engine.index : WITHOUT_WORDS, true)
  if (withWords) engine.words.forEach((word, i) => view.setUint32(offset + 12 + i * 4, word, true))
  return offset + engineBytes(withWords)
}

function readEngines (view: DataView, count: number): SavedEngine[] {
  const engines: SavedEngine[] = []
  let offset = HEADER
  for (let i = 0; i < count; i++) {
    const engine = readEngine(view, offset)
    engines.push(engine)
    offset += engineBytes('words' in engine)
  }
  if (offset !== view.byteLength) throw unreadable('it is longer than its engines')
  return engines
}

function readEngine (view: DataView, offset: number): SavedEngine {
  if (offset + engineBytes(false) > view.byteLength) throw unreadable('it ends early')
  const position = view.getFloat64(offset, true)
  const index = view.getUint32(offset + 8, true)
  if (index === WITHOUT_WORDS) return { position }
  if (index > WORDS || offset + engineBytes(true) > view.byteLength) throw unreadable('it ends early')
  const words = new Uint32Array(WORDS).map((_, i) => view.getUint32(offset + 12 + i * 4, true))
  return { position, index, words }
}

const unreadable = (why: string) => problem('invalid_file', { detail: `the saved state of a random stream is damaged: ${why}` })

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostOf, isNDArray } from '../../../src/nn/np/index.ts'
import type { NDArray } from '../../../src/index.ts'
import { isHostTensor, type HostTensor } from '../../../src/tensor.ts'
import { printedMismatch, type Piece } from './printed.ts'

export type Item = NDArray | HostTensor

/** What the last expression of a cell gives: nothing, a text, an array, or arrays in Python's containers. */
export type Result = undefined | string | Item | readonly Item[] | { readonly tuple: readonly Item[] } | ReadonlyMap<string, Item>

/** What a cell may do besides computing. */
export interface Page {
  /** Prints texts and arrays, each on a line. */
  readonly print: (...values: ReadonlyArray<string | Item>) => void
  /** The path of a file of the section. */
  readonly path: (file: string) => string
  /** Fails the cell with this reason unless it holds. */
  readonly check: (holds: boolean, reason: string) => void
}

/** One code cell of the chapter, by its number there. */
export interface Cell {
  readonly number: number
  readonly title: string
  readonly run: (page: Page) => Result | Promise<Result>
  /** Absolute tolerance of its numbers, where they cancel. */
  readonly tolerance?: number
}

/** The section in the chapter, and its cells in order; they share what they made. */
export interface Section { readonly section: string, readonly cells: readonly Cell[] }

/** What the reference program printed and gave. */
export interface Expected { readonly section: string, readonly cell: number, readonly stdout: string, readonly result: string | null }

export const cell = (number: number, title: string, run: Cell['run'], options: Pick<Cell, 'tolerance'> = {}): Cell =>
  ({ number, title, run, ...options })

/** Why a cell did not do what it did in the reference program; undefined when it did. */
export function cellMismatch (expected: Expected, printed: readonly Piece[], result: Result, tolerance?: number): string | undefined {
  const stdout = printedMismatch(expected.stdout, printed.flatMap(piece => [piece, '\n']), tolerance)
  if (stdout !== undefined) return `printed: ${stdout}`
  if (expected.result === null) return undefined
  const mismatch = printedMismatch(expected.result, piecesOf(result), tolerance)
  return mismatch === undefined ? undefined : `result: ${mismatch}`
}

export const pieceOf = (value: string | Item): Piece => typeof value === 'string' ? value : hostOf(value)

export async function sha256 (path: string): Promise<string> {
  return createHash('sha256').update(await readFile(path)).digest('hex')
}

export const pathIn = (folder: string) => (file: string): string => join(folder, file)

/** A result as Python writes it, arrays left as they are. */
function piecesOf (result: Result): Piece[] {
  if (result === undefined) return []
  if (typeof result === 'string') return [result]
  if (isNDArray(result) || isHostTensor(result)) return arrayPieces(result)
  if (result instanceof Map) return ['{', ...joined([...result].map(([name, item]) => [`'${name}': `, ...arrayPieces(item as Item)])), '}']
  if ('tuple' in result) return ['(', ...joined(result.tuple.map(arrayPieces)), ')']
  return ['[', ...joined((result as readonly Item[]).map(arrayPieces)), ']']
}

const arrayPieces = (item: Item): Piece[] => ['array(', hostOf(item), ')']

const joined = (parts: ReadonlyArray<readonly Piece[]>): Piece[] => parts.flatMap((part, i) => i === 0 ? part : [', ', ...part])

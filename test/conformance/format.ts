/** The reference cases as they lie in files: see README.md of the fixtures for their language. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DType, Shape } from '../../src/tensor.ts'

/** A number of a printed tensor; what JSON cannot hold is a string. */
export type PrintedNumber = number | string | boolean

/** A whole tensor, or the digest of a large one. */
export interface PrintedTensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly values?: readonly PrintedNumber[]
  readonly sha256?: string
  readonly first?: readonly PrintedNumber[]
  readonly last?: readonly PrintedNumber[]
  readonly stride?: number
  readonly sample?: readonly PrintedNumber[]
  readonly sum?: PrintedNumber
  readonly sumsq?: PrintedNumber
}

export interface PrintedParameter {
  readonly name: string
  readonly shape: Shape | null
  readonly dtype: string
  readonly grad_req: string
  readonly data?: PrintedTensor
}

/** What the reference program did at a step. Every member is one expectation. */
export type Expectation = Readonly<Record<string, unknown>>

export interface Step {
  readonly op: string
  readonly expect?: Expectation
  readonly steps?: readonly Step[]
}

export type Mode = 'np' | 'nd'

export interface Case {
  readonly id: string
  /** In a case of kind `errors` steps may fail; the program goes on after one that did. */
  readonly kind?: 'errors'
  readonly mode?: Mode
  readonly program: readonly Step[]
}

export interface Group {
  readonly group: string
  readonly mode: Mode
  readonly cases: readonly Case[]
}

export interface Folder {
  readonly groups: readonly Group[]
  /** Files that hold something else, with the reason. */
  readonly skipped: ReadonlyArray<{ readonly file: string, readonly reason: string }>
}

/** Reads every group of a folder, in the order of the file names; the group is the name of its file. */
export function readFolder (directory: string): Folder {
  const groups: Group[] = []
  const skipped: Array<{ file: string, reason: string }> = []
  for (const file of readdirSync(directory).filter(name => name.endsWith('.json')).sort()) {
    const content: unknown = JSON.parse(readFileSync(join(directory, file), 'utf8'))
    if (isGroup(content)) groups.push({ ...content, group: file.slice(0, -'.json'.length), mode: content.mode ?? 'np' })
    else skipped.push({ file, reason: 'it does not hold cases made of steps' })
  }
  return { groups, skipped }
}

function isGroup (content: unknown): content is { mode?: Mode, cases: Case[] } {
  if (typeof content !== 'object' || content === null || !('cases' in content) || !Array.isArray(content.cases)) return false
  return content.cases.length > 0 && content.cases.every(found => Array.isArray((found as Partial<Case>).program))
}

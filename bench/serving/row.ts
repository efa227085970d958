import type { Bar } from '../bars.ts'
import type { Backend } from './blockserve.ts'
import type { Bodies } from './bodies.ts'

/** What a measurement is made with. */
export interface Setting {
  readonly print: (line: string) => void
  readonly backends: readonly Backend[]
  readonly rounds: number
  /** How long one load lasts. */
  readonly seconds: number
  /** Of the soak. */
  readonly requests: number
  readonly python: string
  readonly bodies: Bodies
  /** A folder for files, which goes at the end. */
  readonly folder: string
}

/** Rows that are measured in one sitting. Given which of them are asked for, it prints its tables and returns its bars. */
export interface Sitting {
  readonly rows: readonly string[]
  measure (setting: Setting, rows: readonly string[]): Promise<Bar[]>
}

/** Connections of the rows under load. */
export const CONNECTIONS = 32

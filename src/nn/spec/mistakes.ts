import type { Mistake } from '../../errors.ts'

/** Nobody mends more at once. */
const MOST = 1000

/** The mistakes of one spec, as many as can be of use. */
export class Mistakes {
  readonly list: Mistake[] = []

  get isFull (): boolean { return this.list.length >= MOST }

  add (...found: readonly Mistake[]): void {
    this.list.push(...found.slice(0, MOST - this.list.length))
  }

  report (pointer: string, message: string): void {
    this.add({ pointer, message })
  }
}

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

  /** Moves what `fn` finds in a text that is not at hand to where that text is named. */
  within (name: string, pointer: string, fn: () => void): void {
    const before = this.list.length
    fn()
    const found = this.list.splice(before)
    for (const { pointer: inner, message } of found) {
      const place = inner.startsWith(pointer) ? inner.slice(pointer.length) : inner
      this.report(pointer, `In '${name}'${place === '' ? '' : ` at ${place}`}: ${message}`)
    }
  }

  report (pointer: string, message: string): void {
    this.add({ pointer, message })
  }
}

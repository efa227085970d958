/** Numbered steps with their seconds, and how far a long one is. */
import { bytesText } from './space.ts'

/** Where it is shown, such as `process.stderr`. */
export interface Screen { readonly isTTY?: boolean, write (text: string): unknown }

/** The step at work. */
export interface Step {
  /** What its last line tells. */
  tell (detail: string): void
  /** How many bytes are done, of how many if that is known; `what` they are of. */
  bytes (done: number, total?: number, what?: string): void
}

const EVERY_MS = { terminal: 100, lines: 3000 }

export class Progress {
  readonly #screen: Screen
  readonly #steps: number
  readonly #now: () => number
  #done = 0

  /** `now` tells milliseconds. */
  constructor (screen: Screen, steps: number, now: () => number = () => performance.now()) {
    this.#screen = screen
    this.#steps = steps
    this.#now = now
  }

  /** Shows `work` as the next step. */
  async step<T> (title: string, work: (step: Step) => Promise<T>): Promise<T> {
    const start = this.#now()
    const head = `[${++this.#done}/${this.#steps}] ${title}`
    let told = ''
    this.#passing(head)
    const result = await work({ tell: detail => { told = detail }, bytes: this.#meter(head, start) })
    this.#line([head, told, seconds(this.#now() - start)].filter(part => part !== '').join('  '))
    return result
  }

  #meter (head: string, start: number): Step['bytes'] {
    const every = this.#screen.isTTY === true ? EVERY_MS.terminal : EVERY_MS.lines
    let [shown, began, label, last] = [start, start, '', 0]
    return (done, total, what = '') => {
      const now = this.#now()
      if (what !== label) [began, label, last] = [now, what, 0]
      if (done === last || now - shown < every) return
      [shown, last] = [now, done]
      const text = [head, what, `${of(done, total)}, ${rate(done, now - began)}`].filter(part => part !== '').join('  ')
      if (this.#screen.isTTY === true) this.#passing(text)
      else this.#line(text)
    }
  }

  /** A line that the next one replaces; only a terminal shows it. */
  #passing (text: string): void {
    if (this.#screen.isTTY === true) this.#screen.write(`\r\x1b[K${text}`)
  }

  #line (text: string): void {
    this.#screen.write(`${this.#screen.isTTY === true ? '\r\x1b[K' : ''}${text}\n`)
  }
}

const of = (done: number, total: number | undefined): string => total === undefined ? bytesText(done) : `${bytesText(Math.min(done, total))} of ${bytesText(total)}`
const rate = (bytes: number, ms: number): string => `${bytesText(ms > 0 ? bytes * 1000 / ms : 0)}/s`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** The JSON lines a process writes, as they come. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface LogLine { readonly msg: string, readonly process?: string, readonly pid?: number, readonly [member: string]: unknown }

interface Waiter {
  readonly matches: (line: LogLine) => boolean
  readonly resolve: (line: LogLine) => void
  readonly reject: (error: Error) => void
}

export class LogLines {
  readonly lines: LogLine[] = []
  #waiters: Waiter[] = []
  #ended = false

  constructor (stream: Readable) {
    createInterface({ input: stream })
      .on('line', text => { this.#take(parse(text)) })
      .on('close', () => { this.#end() })
  }

  /** The first line that matches, be it past or to come. Rejects when no line comes any more. */
  find (matches: (line: LogLine) => boolean): Promise<LogLine> {
    const known = this.lines.find(matches)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(over())
      else this.#waiters.push({ matches, resolve, reject })
    })
  }

  #take (line: LogLine): void {
    this.lines.push(line)
    for (const waiter of this.#waiters) if (waiter.matches(line)) waiter.resolve(line)
    this.#waiters = this.#waiters.filter(({ matches }) => !matches(line))
  }

  #end (): void {
    this.#ended = true
    for (const { reject } of this.#waiters.splice(0)) reject(over())
  }
}

const over = (): Error => new Error('the process ended before it wrote the line that was waited for')

function parse (text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return { msg: text }
  }
}

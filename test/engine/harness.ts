import type { Test } from 'tap'
import { startEngine, type Call, type Engine, type EngineLog, type EngineOptions } from '../../src/engine/engine.ts'

export const entry = new URL('./fake-engine.js', import.meta.url)

interface Line { readonly level: 'info' | 'warn' | 'error', readonly details: Record<string, unknown>, readonly text: string }

/** A log that a test can wait on. */
export class Log implements EngineLog {
  readonly lines: Line[] = []
  #waiting: Array<{ readonly text: string, readonly resolve: (line: Line) => void }> = []

  info = (details: object, text: string): void => { this.#add('info', details, text) }
  warn = (details: object, text: string): void => { this.#add('warn', details, text) }
  error = (details: object, text: string): void => { this.#add('error', details, text) }

  /** The next line with this text. */
  next (text: string): Promise<Line> {
    return new Promise(resolve => { this.#waiting.push({ text, resolve }) })
  }

  #add (level: Line['level'], details: object, text: string): void {
    const line = { level, details: details as Record<string, unknown>, text }
    this.lines.push(line)
    for (const waiter of this.#waiting.filter(waiter => waiter.text === text)) waiter.resolve(line)
    this.#waiting = this.#waiting.filter(waiter => waiter.text !== text)
  }
}

export interface Rig {
  readonly engine: Engine
  readonly log: Log
  /** A call with a minute to go. */
  readonly call: (operation: string, input?: unknown, options?: Partial<Call>) => Promise<unknown>
  /** The same with its error, if it is one, as outcome. */
  readonly outcome: Rig['call']
}

/** A fake engine in a process of its own, stopped when the test ends. */
export async function rig (t: Test, options: Partial<EngineOptions> = {}): Promise<Rig> {
  const log = new Log()
  const engine = await startEngine({ entry, config: {}, log, backoff: { firstMs: 1, mostMs: 1000 }, ...options })
  t.teardown(() => engine.stop())
  const call: Rig['call'] = (operation, input, more = {}) =>
    engine.call({ operation, kind: 'infer', model: 'm', input, deadline: Date.now() + 60_000, ...more })
  return { engine, log, call, outcome: (...args) => call(...args).catch((error: unknown) => error) }
}

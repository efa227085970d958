import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Greeting, Question, Reply } from './protocol.ts'

const LAST_WORDS = 400

/** A measuring process. One question at a time. */
export class Peer {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  #stderr = ''

  constructor (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' })
    this.#child.on('error', error => { this.#stderr = error.message })
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-LAST_WORDS) })
    this.#lines = linesOf(this.#child)[Symbol.asyncIterator]()
  }

  /** What it says it is, or why it cannot be. */
  async greet (): Promise<Greeting> {
    return await this.#read() as Greeting | undefined ?? { absent: `its process ended: ${this.#stderr.trim()}` }
  }

  async ask (question: Question): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`)
    const reply = await this.#read() as Reply | undefined ?? { error: `its process ended: ${this.#stderr.trim()}` }
    if ('error' in reply) throw new Error(`${question.ask} ${question.case.name}: ${reply.error}`)
    return reply.result
  }

  /** Ends the process. */
  close (): void { this.#child.stdin?.end() }

  /** The next line that is an answer; libraries write lines of their own. Undefined at the end. */
  async #read (): Promise<object | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done === true) return undefined
      if (value.startsWith('{')) return JSON.parse(value) as object
    }
  }
}

const linesOf = (child: ChildProcess): Interface => createInterface({ input: child.stdout as NodeJS.ReadableStream })

/** What a measuring process and the bench say to each other: one JSON text per line, one answer per question. */
import { createInterface } from 'node:readline'
import type { Case } from './cases.ts'

/** The first line of a measuring process. */
export type Greeting = { readonly ready: string } | { readonly absent: string }

/** Answer a case once, or run it for about so many milliseconds. */
export interface Question { readonly ask: 'answer' | 'time', readonly case: Case, readonly ms: number }

export type Reply = { readonly result: unknown } | { readonly error: string }

const say = (line: Greeting | Reply): void => { process.stdout.write(`${JSON.stringify(line)}\n`) }

/** Says what it is, then answers questions until its input ends. */
export async function serve (open: () => Promise<Greeting>, handle: (question: Question) => Promise<unknown>): Promise<void> {
  const greeting = await open().catch((error: unknown) => ({ absent: messageOf(error) }))
  say(greeting)
  if ('absent' in greeting) return
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say({ result: await handle(JSON.parse(line) as Question) })
    } catch (error) {
      say({ error: messageOf(error) })
    }
  }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/**
 * A load that does not wait for answers: requests leave at a fixed rate, and each is timed from when it was due. Its argument is a
 * `Plan` as JSON; it writes an `Outcome` as JSON.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Body } from '../wrk.ts'

export interface Plan {
  readonly url: string
  readonly body: Body
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
  /** Seconds before them that are not told: this process is not compiled yet. */
  readonly warmSeconds: number
}

/** Milliseconds of the answers of one kind. */
export interface Latencies { readonly count: number, readonly p50: number, readonly p99: number, readonly most: number }

export interface Outcome {
  /** Status 200. */
  readonly accepted: Latencies
  /** Status 503. */
  readonly refused: Latencies
  /** Any other status, and requests without an answer. */
  readonly others: number
}

const plan = JSON.parse(process.argv[2] ?? '') as Plan
const agent = new Agent({ keepAlive: true })
const bytes = readFileSync(plan.body.file)
const headers = {
  'content-type': plan.body.type,
  'content-length': bytes.length,
  ...plan.body.jsonLength !== undefined && { 'inference-header-content-length': plan.body.jsonLength }
}
const found = { accepted: [] as number[], refused: [] as number[], others: 0 }
const from = performance.now()
const toldFrom = from + plan.warmSeconds * 1e3

/** Resolves when the answer is there, or will not come. */
function send (due: number): Promise<void> {
  return new Promise(resolve => {
    const sent = request(plan.url, { method: 'POST', agent, headers }, response => {
      response.resume()
      response.once('end', () => { note(response.statusCode, due); resolve() })
    })
    sent.once('error', () => { found.others++; resolve() })
    sent.end(bytes)
  })
}

function note (status: number | undefined, due: number): void {
  if (due < toldFrom) return
  const ms = performance.now() - due
  if (status === 200) found.accepted.push(ms)
  else if (status === 503) found.refused.push(ms)
  else found.others++
}

async function run (): Promise<void> {
  const total = Math.round(plan.rate * (plan.warmSeconds + plan.seconds))
  const sent: Array<Promise<void>> = []
  while (sent.length < total) {
    const due = from + sent.length / plan.rate * 1e3
    if (due > performance.now()) await setTimeout(1)
    else sent.push(send(due))
  }
  await Promise.all(sent)
}

function latencies (all: readonly number[]): Latencies {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) }
}

await run()
agent.destroy()
const outcome: Outcome = { accepted: latencies(found.accepted), refused: latencies(found.refused), others: found.others }
process.stdout.write(`${JSON.stringify(outcome)}\n`)

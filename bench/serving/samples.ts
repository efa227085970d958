/** Loads, what they cost in CPU time, and the medians of rounds. */
import { median } from '../engine/stopwatch.ts'
import { head, row } from '../tables.ts'
import { cpuSeconds } from '../usage.ts'
import { post, type Body, type Load } from '../wrk.ts'

export interface Sample extends Load {
  /** CPU microseconds per request of each process of the server. */
  readonly cpu: readonly number[]
}

/** A load, and the CPU time it costs those processes. */
export async function sample (url: string, body: Body, pids: readonly number[], connections: number, seconds: number): Promise<Sample> {
  const before = pids.map(cpuSeconds)
  const load = await post(url, body, connections, seconds)
  return { ...load, cpu: pids.map((pid, i) => (cpuSeconds(pid) - (before[i] as number)) * 1e6 / load.requests) }
}

/** The samples of one server, one per round. */
export class Samples {
  readonly title: string
  readonly #all: Sample[] = []

  constructor (title: string) { this.title = title }

  add (sample: Sample): void { this.#all.push(sample) }

  get rate (): number { return this.#median(({ rate }) => rate) }

  get p50 (): number { return this.#median(({ p50 }) => p50) }

  /** Undefined before the first round. */
  get isEmpty (): boolean { return this.#all.length === 0 }

  get line (): string {
    const rates = this.#all.map(({ rate }) => rate)
    const errors = this.#all.reduce((sum, { errors }) => sum + errors, 0)
    const cpu = (this.#all[0]?.cpu ?? []).map((_, i) => Math.min(...this.#all.map(({ cpu }) => cpu[i] as number)).toFixed(0))
    return row([
      this.title, `${this.rate.toFixed(0)} (${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)})`, this.p50.toFixed(3),
      this.#median(({ p99 }) => p99).toFixed(2), String(errors), cpu.join(' / ')
    ])
  }

  #median (of: (sample: Sample) => number): number { return median(this.#all.map(of)) }
}

/** CPU time is the least of the rounds: what else runs on a machine can only add to it. */
export const samplesTable = (all: readonly Samples[]): string[] =>
  [...head(['server', 'requests/s: median (least–most)', 'p50 ms', 'p99 ms', 'errors', 'CPU µs per request, by process']), ...all.map(({ line }) => line)]

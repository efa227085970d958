/** What was inferred since the process started, per model and version. */
import type { modelStatistics, Output } from '../operations/index.ts'
import { LIVE_VERSION, type Measured } from '../operations/schemas/inference.ts'

export type Figures = Omit<Output<typeof modelStatistics>['model_stats'][number], 'name' | 'version' | 'memory_usage'>

/** The most sizes of batches that are told apart. */
const MOST_SIZES = 1024

const duration = (): { count: number, ns: number } => ({ count: 0, ns: 0 })
const compute = () => ({ compute_input: duration(), compute_infer: duration(), compute_output: duration() })

/** The counts of one version. */
class Counts {
  #last = 0
  #inferences = 0
  #executions = 0
  readonly #stats = {
    success: duration(), fail: duration(), queue: duration(), ...compute(), cache_hit: duration(), cache_miss: duration()
  }

  readonly #batches = new Map<number, ReturnType<typeof compute>>()

  succeed (measured: Measured, ns: number, now: number, looked: boolean): void {
    const { success, queue, cache_miss: miss } = this.#stats
    if (looked) add(miss, ns)
    const computed = measured.input_ns + measured.infer_ns + measured.output_ns
    this.#last = now
    this.#inferences += measured.rows
    add(success, ns)
    add(queue, Math.max(0, ns - computed))
    addCompute(this.#stats, measured)
    if (measured.leads) this.#execute(measured)
  }

  recall (ns: number, now: number): void {
    this.#last = now
    add(this.#stats.success, ns)
    add(this.#stats.cache_hit, ns)
  }

  fail (ns: number): void { add(this.#stats.fail, ns) }

  get figures (): Figures {
    const sizes = [...this.#batches].sort(([a], [b]) => a - b)
    return {
      last_inference: this.#last,
      inference_count: this.#inferences,
      execution_count: this.#executions,
      inference_stats: structuredClone(this.#stats),
      response_stats: {},
      batch_stats: sizes.map(([batch_size, stats]) => ({ batch_size, ...structuredClone(stats) }))
    }
  }

  #execute (measured: Measured): void {
    this.#executions++
    const known = this.#batches.get(measured.batch)
    if (known === undefined && this.#batches.size >= MOST_SIZES) return
    const stats = known ?? compute()
    this.#batches.set(measured.batch, stats)
    addCompute(stats, measured)
  }
}

function add (total: { count: number, ns: number }, ns: number): void {
  total.count++
  total.ns += ns
}

function addCompute (total: ReturnType<typeof compute>, { input_ns, infer_ns, output_ns }: Measured): void {
  add(total.compute_input, input_ns)
  add(total.compute_infer, infer_ns)
  add(total.compute_output, output_ns)
}

/** Counts inferences. What the queue took is what the whole took less what the engine says it computed. */
export class InferenceMeter {
  #checkpoints = false
  readonly #models = new Map<string, Map<number, Counts>>()

  /** An inference that was answered after `ns`, in all; `looked`: after a look into the cache. */
  succeed (model: string, version: number, measured: Measured, ns: number, looked = false): void {
    this.#counts(model, version).succeed(measured, ns, Date.now(), looked)
  }

  /** An inference that was answered from the cache after `ns`. */
  recall (model: string, version: number, ns: number): void { this.#counts(model, version).recall(ns, Date.now()) }

  /** An inference that failed after `ns`. Those of models that do not exist must not be told. */
  fail (model: string, version: number, ns: number): void { this.#counts(model, version).fail(ns) }

  /** The versions of a model that something was told of. */
  versions (model: string): number[] { return [...this.#models.get(model)?.keys() ?? []].sort((a, b) => a - b) }

  /** Whether any checkpoint was asked for something: then the engine knows which of them are in memory. */
  get hasVersions (): boolean { return this.#checkpoints }

  figures (model: string, version: number): Figures { return (this.#models.get(model)?.get(version) ?? new Counts()).figures }

  /** All that was counted. */
  * all (): Generator<readonly [model: string, version: number, Figures]> {
    for (const [model, versions] of this.#models) {
      for (const [version, { figures }] of versions) yield [model, version, figures]
    }
  }

  /** A model is gone: another may get its name. */
  forget (model: string): void { this.#models.delete(model) }

  #counts (model: string, version: number): Counts {
    this.#checkpoints ||= version !== LIVE_VERSION
    const versions = this.#models.get(model) ?? new Map<number, Counts>()
    const counts = versions.get(version) ?? new Counts()
    this.#models.set(model, versions.set(version, counts))
    return counts
  }
}

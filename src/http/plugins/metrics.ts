/** GET /metrics: counts and times in Prometheus' text. All but the times of requests is read when it is asked for. */
import fp from 'fastify-plugin'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ModelObservation, Observe } from '../../dataplane/observation.ts'

export const METRICS_URL = '/metrics'

/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const NS = 1e9

export default fp<{ observe: Observe }>(async (app, { observe }) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Looked at once for all metrics of a reading.
  let seen = observe()
  addEngine(registry, () => seen)
  addInferences(registry, () => seen)
  const observeRequest = requestTimer(registry)
  app.addHook('onResponse', (request, reply, done) => {
    const { operation = 'none' } = request.routeOptions.config
    observeRequest(operation, request.method, reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  app.get(METRICS_URL, { logLevel: 'warn' }, async (_request, reply) => {
    seen = observe()
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}, { name: 'metrics' })

/** Operations are as many as the document has, so the labels are bounded; what is no operation is `none`. */
function requestTimer (registry: Registry): (operation: string, method: string, status: number, seconds: number) => void {
  const histogram = new Histogram({
    name: 'blockserve_http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer',
    labelNames: ['operation', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry]
  })
  const known = new Map<string, { observe: (seconds: number) => void }>()
  return (operation, method, status, seconds) => {
    const key = `${operation} ${method} ${status}`
    const timer = known.get(key) ?? histogram.labels(operation, method, String(status))
    known.set(key, timer)
    timer.observe(seconds)
  }
}

type Labels = Record<string, string | number>
type Samples = () => Iterable<readonly [Labels, number]>

/** A counter whose values are counted elsewhere. */
function counter (registry: Registry, name: string, help: string, labelNames: string[], samples: Samples): void {
  const metric: Counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset()
      for (const [labels, value] of samples()) metric.inc(labels, value)
    }
  })
}

function gauge (registry: Registry, name: string, help: string, labelNames: string[], samples: Samples): void {
  const metric: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset()
      for (const [labels, value] of samples()) metric.set(labels, value)
    }
  })
}

function addEngine (registry: Registry, observe: Observe): void {
  const engines = () => observe().engine.engines.entries()
  gauge(registry, 'blockserve_engine_up', 'Whether an engine process is ready', ['engine'],
    () => [...engines()].map(([engine, { state }]) => [{ engine }, Number(state === 'ready')]))
  counter(registry, 'blockserve_engine_restarts_total', 'How often an engine process was started again', ['engine'],
    () => [...engines()].map(([engine, { restarts }]) => [{ engine }, restarts]))
  gauge(registry, 'blockserve_engine_calls', 'Calls that an engine works on', ['engine'],
    () => [...engines()].map(([engine, { sent }]) => [{ engine }, sent]))
  gauge(registry, 'blockserve_queue_length', 'Calls that wait, by model; those that concern none have an empty one', ['model'],
    () => Object.entries(observe().engine.waiting_by_model).map(([model, count]) => [{ model }, count]))
  counter(registry, 'blockserve_batches_total', 'Batches that left, by why they left when they did', ['model', 'reason'],
    () => observe().departures.flatMap(({ model, counts }) =>
      Object.entries(counts).map(([reason, count]) => [{ model, reason }, count] as const)))
}

type Statistics = ModelObservation['figures']['inference_stats']

function addInferences (registry: Registry, observe: Observe): void {
  const each = (samples: (figures: ModelObservation['figures']) => ReadonlyArray<readonly [Labels, number]>): Samples => () =>
    observe().inferences.flatMap(({ model, version, figures }) =>
      samples(figures).map(([labels, value]) => [{ model, version, ...labels }, value] as const))
  counter(registry, 'blockserve_inference_requests_total', 'Inferences that were answered', ['model', 'version', 'outcome'],
    each(({ inference_stats: { success, fail } }) => [[{ outcome: 'success' }, success.count], [{ outcome: 'failure' }, fail.count]]))
  counter(registry, 'blockserve_inference_rows_total', 'Rows that were computed; by executions it is the mean batch', ['model', 'version'],
    each(({ inference_count }) => [[{}, inference_count]]))
  counter(registry, 'blockserve_inference_executions_total', 'Batches that were computed', ['model', 'version'],
    each(({ execution_count }) => [[{}, execution_count]]))
  counter(registry, 'blockserve_inference_seconds_total', 'Time of answered inferences, by phase', ['model', 'version', 'phase'],
    each(({ inference_stats }) => phases(inference_stats)))
  counter(registry, 'blockserve_cache_requests_total', 'Looks into the cache of answers', ['model', 'version', 'outcome'],
    each(({ inference_stats: { cache_hit: hit, cache_miss: miss } }) => [[{ outcome: 'hit' }, hit.count], [{ outcome: 'miss' }, miss.count]]))
  gauge(registry, 'blockserve_cache_bytes', 'Bytes of answers that are kept', ['model'],
    () => [...observe().cached].map(([model, bytes]) => [{ model }, bytes]))
}

const phases = ({ success, queue, compute_input, compute_infer, compute_output }: Statistics): ReadonlyArray<readonly [Labels, number]> =>
  Object.entries({ request: success, queue, input: compute_input, infer: compute_infer, output: compute_output })
    .map(([phase, { ns }]) => [{ phase }, ns / NS])

import { configView, metadataView } from '../../operations/inference-views.ts'
import { deleteModel, modelConfig, modelInfer, modelMetadata, modelReady, serverMetadata, type Input } from '../../operations/index.ts'
import { EXTENSIONS, LIVE_VERSION, type InferenceResult, type Measured, type Signature } from '../../operations/schemas/inference.ts'
import { servingOf } from '../../operations/schemas/serving.ts'
import { descriptionOf } from '../../operations/views.ts'
import type { ModelRecord } from '../../store/store.ts'
import { callEngine } from '../call-engine.ts'
import type { Answer, RequestContext } from '../dataplane.ts'
import { cacheRoom, reader, type Sources } from '../reader.ts'
import { checkpointIds, exists, requireCheckpoint, requireModel } from '../records.ts'
import { whyNotReady } from '../readiness.ts'
import { cacheKey } from '../response-cache.ts'

export const server = reader(serverMetadata, ({ hello }) => ({
  output: { name: 'blockserve', version: hello().versions.blockserve ?? '', extensions: [...EXTENSIONS] }
}))

/** From the record, or from the engine where the record is of an earlier version of the program. */
export const metadata = reader(modelMetadata, ({ store }, { model, version = LIVE_VERSION }) => {
  const record = requireModel(store, model)
  const signature = signatureIn({ store }, record, version)
  return signature && { output: metadataView(model, [LIVE_VERSION, ...checkpointIds(store, record)], signature) }
})

export const config = reader(modelConfig, ({ store }, { model, version = LIVE_VERSION }) => {
  const record = requireModel(store, model)
  const signature = signatureIn({ store }, record, version)
  return signature && { output: configView(model, signature, servingOf(record)) }
})

export const ready = reader(modelReady, ({ store, engine }, { model, version = LIVE_VERSION }) => {
  const record = requireModel(store, model)
  if (version !== LIVE_VERSION) requireCheckpoint(store, record, version)
  const error = whyNotReady(record, version, engine.status().state)
  return { output: { name: model, ready: error === undefined, ...error !== undefined && { error } } }
})

export const infer = reader(modelInfer, async (sources, input, context) => {
  const { meter } = sources
  const { model, version = LIVE_VERSION } = input
  const from = performance.now()
  const elapsed = (): number => Math.round((performance.now() - from) * 1e6)
  try {
    const bytes = cacheRoom(sources, model)
    if (bytes === 0) sources.cache.forget(model)
    else if (isPlain(input, context)) return await inferOrRecall(sources, input, context, { bytes, elapsed })
    const { output, revision } = await callEngine(sources, modelInfer, input, context)
    const result = output as InferenceResult
    meter.succeed(model, version, result.measured, elapsed())
    return { output: result, ...revision !== undefined && { revision } }
  } catch (error) {
    // A failure that is no model's is not counted: names that anyone makes up must not fill the memory.
    if (exists(sources.store, model, version)) meter.fail(model, version, elapsed())
    throw error
  }
})

/** Only what the live network computes is kept: a version may be deleted, and what is asked under a key is answered by that key. */
const isPlain = ({ version = LIVE_VERSION }: Input<typeof modelInfer>, { idempotencyKey }: RequestContext): boolean =>
  version === LIVE_VERSION && idempotencyKey === undefined

/** Answers as before, or anew; then the answer is kept, unless the inference itself, or something in its time, changed the model. */
async function inferOrRecall (
  sources: Sources, input: Input<typeof modelInfer>, context: RequestContext, { bytes, elapsed }: { bytes: number, elapsed: () => number }
): Promise<Answer<typeof modelInfer>> {
  const { store, cache, meter } = sources
  const { model, version = LIVE_VERSION } = input
  const record = requireModel(store, model)
  const key = cacheKey(record, input)
  const kept = whyNotReady(record, version, 'ready') === undefined ? cache.get(model, key) : undefined
  if (kept !== undefined) {
    const ns = elapsed()
    meter.recall(model, version, ns)
    return { output: { model, ...kept, measured: RECALLED }, revision: record.revision }
  }
  const { output, revision = record.revision } = await callEngine(sources, modelInfer, input, context)
  const result = output as InferenceResult
  meter.succeed(model, version, result.measured, elapsed(), true)
  if (revision === record.revision && store.model(model)?.revision === revision) cache.set(model, key, result, bytes)
  return { output: result, revision }
}

/** Nothing was computed. */
const RECALLED: Measured = { input_ns: 0, infer_ns: 0, output_ns: 0, rows: 0, batch: 0, leads: false }

/** What is counted for a name ends with the model. */
export const removal = reader(deleteModel, async (sources, input, context) => {
  await callEngine(sources, deleteModel, input, context)
  sources.meter.forget(input.model)
  sources.cache.forget(input.model)
  sources.engine.forget(input.model)
  return { output: null }
})

function signatureIn ({ store }: Pick<Sources, 'store'>, record: ModelRecord, version: number): Signature | undefined {
  if (version === LIVE_VERSION) return descriptionOf(record).signature
  return requireCheckpoint(store, record, version).signature as Signature | undefined
}

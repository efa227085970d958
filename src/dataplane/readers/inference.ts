import { BlockserveError, type ErrorCode } from '../../errors.ts'
import { configView, metadataView } from '../../operations/inference-views.ts'
import { deleteModel, modelConfig, modelInfer, modelMetadata, modelReady, serverMetadata } from '../../operations/index.ts'
import { EXTENSIONS, LIVE_VERSION, type InferenceResult, type Signature } from '../../operations/schemas/inference.ts'
import { descriptionOf } from '../../operations/views.ts'
import type { ModelRecord } from '../../store/store.ts'
import { callEngine } from '../call-engine.ts'
import { reader, type Sources } from '../reader.ts'
import { checkpointIds, requireCheckpoint, requireModel } from '../records.ts'
import { whyNotReady } from '../readiness.ts'

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
  const signature = signatureIn({ store }, requireModel(store, model), version)
  return signature && { output: configView(model, signature) }
})

export const ready = reader(modelReady, ({ store, engine }, { model, version = LIVE_VERSION }) => {
  const record = requireModel(store, model)
  if (version !== LIVE_VERSION) requireCheckpoint(store, record, version)
  const error = whyNotReady(record, version, engine.status().state)
  return { output: { name: model, ready: error === undefined, ...error !== undefined && { error } } }
})

export const infer = reader(modelInfer, async ({ engine, meter }, input, context) => {
  const { model, version = LIVE_VERSION } = input
  const from = performance.now()
  const elapsed = (): number => Math.round((performance.now() - from) * 1e6)
  try {
    const { output, revision } = await callEngine(engine, modelInfer, input, context)
    const result = output as InferenceResult
    meter.succeed(model, version, result.measured, elapsed())
    return { output: result, ...revision !== undefined && { revision } }
  } catch (error) {
    if (!isOfNobody(error)) meter.fail(model, version, elapsed())
    throw error
  }
})

/** What is counted for a name ends with the model. */
export const removal = reader(deleteModel, async ({ engine, meter }, input, context) => {
  await callEngine(engine, deleteModel, input, context)
  meter.forget(input.model)
  engine.forget(input.model)
  return { output: null }
})

const NOBODYS: readonly ErrorCode[] = ['model_not_found', 'checkpoint_not_found']

/** A failure that is no model's: names that anyone makes up must not fill the memory. */
const isOfNobody = (error: unknown): boolean => error instanceof BlockserveError && NOBODYS.includes(error.code)

function signatureIn ({ store }: Pick<Sources, 'store'>, record: ModelRecord, version: number): Signature | undefined {
  if (version === LIVE_VERSION) return descriptionOf(record).signature
  return requireCheckpoint(store, record, version).signature as Signature | undefined
}

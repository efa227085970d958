import { LIVE_VERSION, type LoadedVersion } from '../../operations/schemas/inference.ts'
import { configView, metadataView } from '../../operations/inference-views.ts'
import { servingOf } from '../../operations/schemas/serving.ts'
import { modelConfig, modelInfer, modelMetadata, repositoryIndex, repositoryModelLoad, repositoryModelUnload } from '../../operations/index.ts'
import type { ModelRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { checkpointMissing } from '../checkpoint-values.ts'
import { infer as runInference } from '../inference/infer.ts'
import type { Network } from '../network.ts'
import type { Runtime } from '../runtime.ts'
import { handlerOfRecord, type Handler } from './define.ts'

interface Asked { readonly model: string, readonly version?: number }

export const infer = handlerOfRecord(modelInfer, call => {
  const network = networkOf(call)
  try {
    return network.session.run(() => runInference(network, call.input))
  } finally {
    network.forgetRemarks()
  }
})

/** For records that do not have a signature. */
export const describe = handlerOfRecord(modelMetadata, call => {
  const { runtime, input: { model } } = call
  const { signature } = networkOf(call)
  return metadataView(model, versionsOf(runtime, runtime.models.record(model)), signature)
})

/** For records that do not have a signature. */
export const configure = handlerOfRecord(modelConfig, call => {
  const { runtime, input: { model } } = call
  return configView(model, networkOf(call).signature, servingOf(runtime.models.record(model)))
})

/** The engine's part of the answer: which checkpoints it has in memory. */
export const listLoaded: Handler = {
  operation: repositoryIndex,
  needsModel: false,
  run: ({ runtime }): LoadedVersion[] => runtime.models.versions.loaded()
}

export const load = handlerOfRecord(repositoryModelLoad, call => {
  const { runtime, input: { model, versions = [], latest = 0 } } = call
  const record = runtime.models.record(model)
  const wanted = [...versions.filter(version => version !== LIVE_VERSION), ...newest(runtime, record, latest)]
  for (const version of wanted) {
    if (runtime.store.checkpoint(record.id, version) === undefined) throw checkpointMissing(runtime.store, record, version)
  }
  if (record.unloaded === true) revive(call, record)
  else runtime.models.get(model)
  for (const version of wanted) runtime.models.versions.get(model, version)
  return null
})

/** Saving a live model makes a record that is not unloaded. */
function revive (call: Call, record: ModelRecord): void {
  call.model = call.runtime.models.restore(record)
  call.commit(() => null)
}

export const unload = handlerOfRecord(repositoryModelUnload, call => {
  const { runtime, input: { model } } = call
  const record = runtime.models.record(model)
  if (record.unloaded !== true) {
    call.commit(tx => {
      tx.putModel({ ...record, unloaded: true, revision: record.revision + 1, updated_at: new Date().toISOString() })
      return null
    })
  }
  runtime.models.drop(model)
  runtime.models.versions.forget(model)
  return null
})

/** What an inference runs on. A live network becomes the model of the call: what changes in it is saved. */
function networkOf (call: Call<Asked>): Network {
  const { runtime: { models }, input: { model, version = LIVE_VERSION } } = call
  if (version !== LIVE_VERSION) return models.versions.get(model, version)
  call.model = models.get(model)
  return call.model
}

const MOST_VERSIONS = 1_000_000

function versionsOf ({ store }: Runtime, { id }: ModelRecord): number[] {
  return [LIVE_VERSION, ...store.checkpoints(id, { limit: MOST_VERSIONS }).items.map(item => item.id)]
}

function newest (runtime: Runtime, record: ModelRecord, count: number): number[] {
  return count === 0 ? [] : versionsOf(runtime, record).slice(1).slice(-count)
}

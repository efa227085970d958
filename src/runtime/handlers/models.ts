import { randomInt } from 'node:crypto'
import { problem } from '../../errors.ts'
import { parameterValues, readArrayFile } from '../../formats/index.ts'
import { init, loadValues, type InitializerSpec } from '../../nn/index.ts'
import { checkInitializer } from '../../nn/spec/index.ts'
import {
  cloneModel, createModel, deleteModel, initializeModel, loadModel, updateModel, type Input, type Output
} from '../../operations/index.ts'
import { changedServing } from '../../operations/schemas/serving.ts'
import { modelView } from '../../operations/views.ts'
import type { NamedTensors } from '../../tensor.ts'
import type { Call } from '../call.ts'
import type { LiveModel, ModelIdentity } from '../live-model.ts'
import type { Runtime } from '../runtime.ts'
import { checkpointValues } from '../checkpoint-values.ts'
import { stateOf } from '../description.ts'
import { chooseArchitecture } from '../architectures.ts'
import { requireBlock } from '../find.ts'
import { handler, handlerOfRecord } from './define.ts'

type Identify = (id: number) => ModelIdentity

const LARGEST_SEED = 2 ** 32

export const create = handler(createModel, call => {
  const { runtime, input } = call
  const { name, seed = randomInt(LARGEST_SEED) } = input
  checkRoom(runtime, name)
  const chosen = chooseArchitecture(runtime, input.architecture, input.options ?? {})
  const identify: Identify = id => ({ id, name: name ?? freeName(runtime, chosen.architecture ?? 'model', id), seed, ...chosen })
  return addModel(call, identify, live => { serve(live, input.serving) })
})

export const update = handler(updateModel, call => {
  const { live, input } = call
  serve(live, input.serving)
  return call.commitThen(() => null, () => modelView(live.record))
})

function serve (live: LiveModel, change: Input<typeof createModel>['serving']): void {
  if (change !== undefined) live.serving = changedServing(live.serving, change)
}

export const clone = handler(cloneModel, call => {
  const { runtime, live: original, input } = call
  checkRoom(runtime, input.name)
  const { name } = original.identity
  const identify: Identify = id => ({ ...original.identity, id, name: input.name ?? freeName(runtime, name, id) })
  return addModel(call, identify, copy => { copy.copyFrom(original) })
})

export const remove = handlerOfRecord(deleteModel, call => {
  const { runtime, input } = call
  const record = runtime.models.record(input.model)
  call.checkRevision(input.model, record.revision)
  call.commit(tx => { tx.removeModel(record.id); return null })
  runtime.models.drop(input.model)
  runtime.models.versions.forget(input.model)
  return null
})

export const initialize = handler(initializeModel, call => {
  const { live, input } = call
  if (input.init !== undefined) refuseMistakes(input.init)
  const target = requireBlock(live, input.block ?? '').collect_params(input.select ?? '')
  const before = new Map(target.values().map(parameter => [parameter, parameter.revision]))
  if (input.seed !== undefined) live.session.random.seed(input.seed)
  target.initialize({ ...(input.init !== undefined && { init: input.init }), force_reinit: input.force_reinit ?? false })
  const changed = target.values().filter(parameter => parameter.state === 'ready' && parameter.revision !== before.get(parameter))
  return {
    state: stateOf(live.parameters()),
    initialized: changed.map(parameter => parameter.name),
    deferred: target.values().filter(parameter => parameter.state === 'deferred').map(parameter => parameter.name),
    ...call.takeRemarks()
  }
})

/** An initializer that cannot be made is refused also where nothing is drawn with it now. */
function refuseMistakes (spec: InitializerSpec): void {
  const { constructor } = init.createInitializer(spec)
  const [mistake] = checkInitializer(spec, '/init')
  if (mistake !== undefined) throw problem('initializer_option', { initializer: constructor.name, detail: mistake.message.replace(/\.$/, '') }, { mistakes: [mistake] })
}

export const load = handler(loadModel, call => {
  const { live, input } = call
  const { loaded, missing, ignored, cast } = loadValues(live.block, valuesOf(call), input)
  return { state: stateOf(live.parameters()), loaded: [...loaded], missing: [...missing], ignored: [...ignored], cast: [...cast] }
})

function valuesOf ({ runtime, input }: Call<Input<typeof loadModel>>): NamedTensors {
  if (input.file !== undefined) return parameterValues(readArrayFile(input.file))
  const { model = input.model, checkpoint } = input.source ?? { checkpoint: 0 }
  return checkpointValues(runtime.store, runtime.models.record(model), checkpoint).values
}

/** Builds a model, saves it, and keeps it live. `prepare` changes it before it is saved. */
function addModel (call: Call, identify: Identify, prepare: (live: LiveModel) => void = () => {}): Output<typeof createModel> {
  const { models } = call.runtime
  call.model = undefined
  const output = call.commitThen(tx => {
    const live = models.build(identify(tx.nextModelId()))
    live.session.run(() => { prepare(live) })
    call.model = live
  }, () => ({ ...modelView(call.live.record), ...call.takeRemarks() }))
  models.add(call.live)
  return output
}

function checkRoom ({ store, limits }: Runtime, name: string | undefined): void {
  if (name !== undefined && store.model(name) !== undefined) throw problem('model_exists', { model: name })
  const count = store.modelCount()
  if (count >= limits.models) throw problem('too_many_models', { count, limit: limits.models })
}

function freeName ({ store }: Runtime, stem: string, id: number): string {
  const base = `${stem.toLowerCase().slice(0, 100)}-${id}`
  return store.model(base) === undefined ? base : `${base}-${randomInt(LARGEST_SEED)}`
}

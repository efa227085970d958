import { listModelNames, modelStatistics, repositoryIndex, type Output } from '../../operations/index.ts'
import { LIVE_VERSION, type LoadedVersion } from '../../operations/schemas/inference.ts'
import { descriptionOf } from '../../operations/views.ts'
import type { ModelRecord } from '../../store/store.ts'
import { byteLength } from '../../tensor.ts'
import { askAll } from '../ask-all.ts'
import type { RequestContext } from '../dataplane.ts'
import { reader, type Sources } from '../reader.ts'
import { whyNotReady } from '../readiness.ts'
import { checkpointIds, everyModel, requireCheckpoint, requireModel } from '../records.ts'

/** Versions in memory, as `version name`. */
type Loaded = ReadonlySet<string>
type Entry = Output<typeof repositoryIndex>[number]
type Statistics = Output<typeof modelStatistics>['model_stats'][number]

export const names = reader(listModelNames, async ({ store }) => {
  const models: string[] = []
  for await (const { name } of everyModel(store)) models.push(name)
  return { output: { models } }
})

export const index = reader(repositoryIndex, async (sources, { ready }, context) => {
  const loaded = await loadedVersions(sources, context)
  const entries: Entry[] = []
  for await (const record of everyModel(sources.store)) entries.push(...entriesOf(sources, record, loaded))
  return { output: ready === true ? entries.filter(({ state }) => state === 'READY') : entries }
})

export const statistics = reader(modelStatistics, async (sources, { model, version }, context) => {
  const { store, meter } = sources
  const loaded: Loaded = meter.hasVersions ? await loadedVersions(sources, context) : new Set()
  if (model !== undefined) return { output: { model_stats: statisticsOf(sources, requireModel(store, model), version, loaded) } }
  const all: Statistics[] = []
  for await (const record of everyModel(store)) all.push(...statisticsOf(sources, record, undefined, loaded))
  return { output: { model_stats: all } }
})

/** What the engines have in memory; nothing while none is there. */
async function loadedVersions (sources: Sources, context: RequestContext): Promise<Loaded> {
  const answers = await askAll<LoadedVersion[]>(sources, repositoryIndex, {}, context)
  return new Set(answers.flatMap(loaded => loaded ?? []).map(({ model, version }) => keyOf(model, version)))
}

const keyOf = (model: string, version: number): string => `${version} ${model}`

function entriesOf ({ store, engine }: Sources, record: ModelRecord, loaded: Loaded): Entry[] {
  return [LIVE_VERSION, ...checkpointIds(store, record)].map(version => {
    const isHere = version === LIVE_VERSION || loaded.has(keyOf(record.name, version))
    const reason = whyNotReady(record, version, engine.status().state) ?? (isHere ? '' : 'on disk; its first inference loads it')
    return { name: record.name, version: String(version), state: reason === '' ? 'READY' : 'UNAVAILABLE', reason }
  })
}

/** Of one version; without one, of the live network and of every version that was asked for something. */
function statisticsOf ({ meter, store, hello }: Sources, record: ModelRecord, version: number | undefined, loaded: Loaded): Statistics[] {
  if (version !== undefined && version !== LIVE_VERSION) requireCheckpoint(store, record, version)
  const told = meter.versions(record.name).filter(other => other !== LIVE_VERSION && store.checkpoint(record.id, other) !== undefined)
  const versions = version === undefined ? [LIVE_VERSION, ...told] : [version]
  const type = hello().backend === 'native-gpu' ? 'GPU' : 'CPU'
  return versions.map(each => ({
    name: record.name,
    version: String(each),
    ...meter.figures(record.name, each),
    memory_usage: [{ type, id: 0, byte_size: bytesOf(store, record, each, loaded) }]
  }))
}

/** Bytes of the parameters in memory. */
function bytesOf (store: Sources['store'], record: ModelRecord, version: number, loaded: Loaded): number {
  if (version === LIVE_VERSION) return record.unloaded === true ? 0 : Math.max(0, descriptionOf(record).parameter_bytes)
  if (!loaded.has(keyOf(record.name, version))) return 0
  return requireCheckpoint(store, record, version).names.reduce((total, { dtype, shape }) => total + byteLength(dtype, shape), 0)
}

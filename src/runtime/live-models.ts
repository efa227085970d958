import { BlockserveError, knownNames, problem } from '../errors.ts'
import { Session, type Block } from '../nn/index.ts'
import type { BlockRegistry } from '../nn/registry.ts'
import { buildSpec } from '../nn/spec/index.ts'
import type { ModelRecord, ReadOnlyStore } from '../store/store.ts'
import { identityOf, LiveModel, type ModelIdentity } from './live-model.ts'
import { LiveVersions } from './live-versions.ts'
import type { RuntimeLimits, Runtime } from './runtime.ts'

type Log = Runtime['log']

/** The models of an engine: built when they are first asked for, from what the store has, and kept from then on. */
export class LiveModels {
  /** The checkpoints that inferences run on. */
  readonly versions: LiveVersions
  readonly #store: ReadOnlyStore
  readonly #registry: BlockRegistry
  readonly #limits: RuntimeLimits
  readonly #log: Log
  readonly #byName = new Map<string, LiveModel>()
  #deadline = Infinity

  constructor (store: ReadOnlyStore, registry: BlockRegistry, limits: RuntimeLimits, log: Log) {
    this.#store = store
    this.#registry = registry
    this.#limits = limits
    this.#log = log
    this.versions = new LiveVersions({
      store,
      record: name => this.#loaded(name),
      build: identity => this.build(identity),
      limit: limits.versionBytes ?? limits.parameterBytes
    })
  }

  /** Until when loops of programs may run: the deadline of the request at work, in ms since the epoch. */
  setDeadline (deadline: number): void { this.#deadline = deadline }

  /** The model of that name. Throws `model_not_found`, `model_unloaded`, `model_unavailable`. */
  get (name: string): LiveModel { return this.#byName.get(name) ?? this.restore(this.#loaded(name)) }

  /** Builds a saved model again, and keeps it. Throws `model_unavailable`. */
  restore (record: ModelRecord): LiveModel {
    const { name, state, reason } = record
    if (state === 'unavailable') throw problem('model_unavailable', { model: name, reason: reason ?? 'its architecture is gone' })
    return this.add(this.#restore(record))
  }

  /** What is saved of the model of that name. Throws `model_not_found`. */
  record (name: string): ModelRecord {
    const record = this.#store.model(name)
    if (record === undefined) throw problem('model_not_found', { model: name, known: this.#known() })
    return record
  }

  /** Names of the models in memory. */
  get names (): string[] { return [...this.#byName.keys()] }

  /** The model of that name if it is in memory. */
  peek (name: string): LiveModel | undefined { return this.#byName.get(name) }

  /** Builds a model that is not saved yet. Throws what its spec deserves. */
  build (identity: ModelIdentity): LiveModel {
    const output = { messages: [] as string[], warnings: [] as string[] }
    const session = new Session({
      seed: identity.seed,
      limits: this.#limits,
      print: line => { this.#print(identity.name, output.messages, line) },
      warn: message => { if (!output.warnings.includes(message)) output.warnings.push(message) },
      deadline: () => this.#deadline
    })
    return new LiveModel(identity, session, session.run(() => this.#build(identity)), output)
  }

  /** Keeps a model that is saved. */
  add (live: LiveModel): LiveModel {
    this.#byName.set(live.identity.name, live)
    return live
  }

  /** Forgets what is in memory of a model; what is saved stays. */
  drop (name: string): void {
    this.#byName.get(name)?.dispose()
    this.#byName.delete(name)
  }

  /** Takes over what another engine saved of a model: if it is in memory, it is built anew from that. Throws what `restore` throws. */
  refresh (name: string): void {
    const record = this.#store.model(name)
    this.versions.refresh(name, record)
    const live = this.#byName.get(name)
    if (live === undefined || (record?.id === live.identity.id && record.revision === live.revision)) return
    this.drop(name)
    if (record !== undefined && record.unloaded !== true) this.restore(record)
  }

  #loaded (name: string): ModelRecord {
    const record = this.record(name)
    if (record.unloaded === true) throw problem('model_unloaded', { model: name })
    return record
  }

  #print (model: string, messages: string[], line: string): void {
    messages.push(line)
    this.#log.info({ model }, line)
  }

  #build ({ spec, definitions }: ModelIdentity): Block {
    return buildSpec(spec, this.#registry, { resolve: name => Object.hasOwn(definitions, name) ? definitions[name] : undefined })
  }

  #restore (record: ModelRecord): LiveModel {
    try {
      const live = this.build(identityOf(record))
      live.session.run(() => { live.restore(record, name => this.#store.value(record.id, name), this.#store.stream(record.id)) })
      live.forgetRemarks()
      return live
    } catch (cause) {
      const reason = `it cannot be built again: ${cause instanceof Error ? cause.message : String(cause)}`
      if (!(cause instanceof BlockserveError) || cause.status < 500) throw problem('model_unavailable', { model: record.name, reason }, { cause })
      throw cause
    }
  }

  #known (): string {
    return knownNames('models', this.#store.models({ limit: 8 }).items.map(model => model.name))
  }
}

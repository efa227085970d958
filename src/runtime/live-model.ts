import { problem } from '../errors.ts'
import { RandomStream, Session, type Block, type Parameter, type ParameterDict, type ParameterSnapshot } from '../nn/index.ts'
import type { Transaction } from '../store/interface.ts'
import type { JsonObject, ModelRecord, ServingRecord } from '../store/records.ts'
import type { ModelDescription } from '../operations/views.ts'
import { LIVE_VERSION, type Signature } from '../operations/schemas/inference.ts'
import { describe } from './description.ts'
import type { Network } from './network.ts'
import { hasSettings, settingsOf, type ParameterSettings } from './parameter-settings.ts'
import { signatureOf } from './signature.ts'

/** Parameters as the store keeps them, beside their values: what `restore` needs. */
export type SavedParameters = Readonly<Record<string, Omit<ParameterSnapshot, 'value'>>>

/** What the store has of a parameter, to compare. */
type SavedParameter = ParameterSettings & Pick<Parameter, 'revision'>

const DEFAULT_SERVING: ServingRecord = {}

/** A description with what is needed to build the model again. */
export type StoredDescription = ModelDescription & { readonly saved: SavedParameters } & Pick<ModelIdentity, 'definitions'>

export type ModelIdentity = Pick<ModelRecord, 'id' | 'name' | 'seed' | 'architecture' | 'spec' | 'options' | 'types'> & {
  /** Copies of the stored specs that the spec uses, by name. */
  readonly definitions: Readonly<Record<string, JsonObject>>
}

/**
 * A model in the memory of an engine: its block, its session, and what of it the store has. Everything a handler changes
 * is found by comparison, so that no change can be forgotten.
 */
export class LiveModel implements Network {
  readonly identity: ModelIdentity
  readonly session: Session
  readonly block: Block
  readonly #collected: ParameterDict
  readonly messages: string[]
  readonly warnings: string[]
  /** To be replaced, not changed. */
  serving = DEFAULT_SERVING
  #record: ModelRecord | undefined
  #description: StoredDescription | undefined
  #signature: Signature | undefined
  readonly #valueRevisions = new Map<string, number>()
  readonly #saved = new Map<Parameter, SavedParameter>()
  #savedStream = ''

  constructor (identity: ModelIdentity, session: Session, block: Block, output: { messages: string[], warnings: string[] }) {
    this.identity = identity
    this.session = session
    this.block = block
    this.#collected = session.run(() => block.collect_params())
    this.messages = output.messages
    this.warnings = output.warnings
  }

  get name (): string { return this.identity.name }
  get version (): number { return LIVE_VERSION }

  /** Whether all parameters have values. */
  get isReady (): boolean { return this.description.state === 'ready' }

  /** Records of earlier versions of the program do not have it. */
  get signature (): Signature {
    this.#signature ??= this.#description?.signature ?? signatureOf(this.block)
    return this.#signature
  }

  get revision (): number { return this.#record?.revision ?? 0 }

  /** The record as last committed. */
  get record (): ModelRecord {
    if (this.#record === undefined) throw problem('internal')
    return this.#record
  }

  get description (): StoredDescription {
    if (this.#description === undefined) throw problem('internal')
    return this.#description
  }

  /** The model's revision at which a parameter's value last changed. */
  valueRevision (parameter: string): number { return this.#valueRevisions.get(parameter) ?? 0 }

  /** Takes over values, states, random stream and serving of another model of the same spec. */
  copyFrom (original: LiveModel): void {
    const own = this.parameters()
    original.parameters().forEach((parameter, i) => { own[i]?.restore(parameter.snapshot()) })
    this.session.random = RandomStream.restore(original.session.random.save())
    this.serving = original.serving
  }

  parameters (): Parameter[] { return this.#collected.values() }

  /** The parameter of that full name, else of that structural name. */
  parameter (name: string): Parameter | undefined {
    return this.#collected.has(name) ? this.#collected.at(name) : this.block.collect_params_with_prefix().get(name)
  }

  /** Whether anything that is saved differs from what the store has. */
  get changed (): boolean {
    if (this.session.random.signature !== this.#savedStream || this.serving !== servingIn(this.#record)) return true
    return this.parameters().some(parameter => this.#hasChangedValue(parameter) || this.#hasChangedSettings(parameter))
  }

  /** Writes everything that changed, under the next revision. */
  save (tx: Transaction, now: string): void {
    const revision = this.revision + 1
    const parameters = this.parameters()
    const changed = parameters.filter(parameter => this.#hasChangedValue(parameter))
    for (const parameter of changed) this.#valueRevisions.set(parameter.name, revision)
    const { definitions, ...identity } = this.identity
    const description = { ...describe(this.block, parameters, this.#valueRevisions), saved: savedParameters(parameters), definitions }
    const { checkpoints_made = 0, created_at = now } = tx.modelById(this.identity.id) ?? {}
    const record: ModelRecord = {
      ...identity,
      revision,
      state: description.state,
      reason: null,
      created_at,
      updated_at: now,
      checkpoints_made,
      ...this.serving !== DEFAULT_SERVING && { serving: this.serving },
      description: asJson(description)
    }
    tx.putModel(record)
    for (const parameter of changed) this.#saveValue(tx, parameter)
    if (this.session.random.signature !== this.#savedStream) tx.putStream(this.identity.id, this.session.random.save())
    this.#remember(record, description, parameters)
  }

  /** Puts back what the store has. The block was just built from the model's spec. */
  restore (record: ModelRecord, values: (parameter: string) => ParameterSnapshot['value'], stream: Uint8Array | undefined): void {
    const description = record.description as unknown as StoredDescription
    const parameters = this.parameters()
    for (const parameter of parameters) {
      const saved = description.saved[parameter.name]
      if (saved !== undefined) parameter.restore({ ...saved, value: values(parameter.name) })
    }
    this.serving = servingIn(record)
    for (const row of description.parameters) this.#valueRevisions.set(row.name, row.revision)
    if (stream !== undefined) this.session.random = RandomStream.restore(stream)
    this.#remember(record, description, parameters)
  }

  /** Frees what the model holds on the device. */
  dispose (): void {
    for (const parameter of this.parameters()) parameter.dispose()
  }

  forgetRemarks (): void {
    this.messages.length = 0
    this.warnings.length = 0
  }

  #hasChangedValue (parameter: Parameter): boolean {
    return parameter.revision !== this.#saved.get(parameter)?.revision
  }

  #hasChangedSettings (parameter: Parameter): boolean {
    const saved = this.#saved.get(parameter)
    return saved === undefined || !hasSettings(parameter, saved)
  }

  #saveValue (tx: Transaction, parameter: Parameter): void {
    const { value } = parameter.snapshot()
    if (value === undefined) tx.removeValue(this.identity.id, parameter.name)
    else tx.putValue(this.identity.id, parameter.name, value)
  }

  #remember (record: ModelRecord, description: StoredDescription, parameters: readonly Parameter[]): void {
    this.#record = record
    this.#description = description
    this.#signature = description.signature
    for (const parameter of parameters) this.#saved.set(parameter, { revision: parameter.revision, ...settingsOf(parameter) })
    this.#savedStream = this.session.random.signature
  }
}

const servingIn = (record: ModelRecord | undefined): ServingRecord => record?.serving ?? DEFAULT_SERVING

function savedParameters (parameters: readonly Parameter[]): SavedParameters {
  return Object.fromEntries(parameters.map(parameter => {
    const { value: _, ...saved } = parameter.snapshot()
    return [parameter.name, saved]
  }))
}

const asJson = (description: StoredDescription): JsonObject => description as unknown as JsonObject

/** What a saved model is built from. */
export function identityOf (record: ModelRecord): ModelIdentity {
  const { id, name, seed, architecture, spec, options, types } = record
  const { definitions } = record.description as unknown as StoredDescription
  return { id, name, seed, architecture, spec, options, types, definitions }
}

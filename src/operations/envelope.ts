/** What the front process sends to an engine for one operation: its input, and what the request said beside it. */
export interface Envelope {
  readonly input: unknown
  readonly request_id: string
  /** The revision the model must have, `*` for any. */
  readonly if_match?: number | '*' | undefined
  readonly idempotency_key?: string | undefined
}

/** What an engine answers: the output of the operation, and the revision of the model it read or changed. */
export interface EngineAnswer {
  readonly output: unknown
  readonly revision?: number | undefined
  /** Whether something is saved that was not before. */
  readonly changed?: boolean | undefined
}

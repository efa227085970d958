import type { OperationKind } from './messages.ts'

/** A first inference may complete a network once; whatever inferences change more often, they change always. */
const MOST_COMPLETIONS = 2

/** Models whose inferences only the first engine can run, because they change the model. */
export class Bindings {
  readonly #bound = new Set<string>()
  readonly #changes = new Map<string, number>()

  has (model: string | null): boolean { return model !== null && this.#bound.has(model) }

  /** Another engine could not run an inference of it. */
  bind (model: string | null): void { if (model !== null) this.#bound.add(model) }

  /** A call of that kind changed it: other engines may be able to run its inferences now. */
  changed (model: string | null, kind: OperationKind): void {
    if (model === null) return
    const changes = kind === 'infer' ? (this.#changes.get(model) ?? 0) + 1 : 0
    if (changes === 0) this.#changes.delete(model)
    else this.#changes.set(model, changes)
    if (changes <= MOST_COMPLETIONS) this.#bound.delete(model)
  }
}

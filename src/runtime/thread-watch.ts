import type { ThreadChoice } from '../backend/opened.ts'
import { suitableThreads } from '../backend/threads.ts'
import type { ModelDescription } from '../operations/views.ts'
import { largestWork } from './work.ts'

/**
 * The threads an engine started with. They cannot change while it runs: where a later model would be served better by more, this says so,
 * once in the log and from then on in the reason.
 */
export class ThreadWatch {
  readonly #inUse: ThreadChoice
  readonly #cores: number
  readonly #warn: (details: object, text: string) => void
  readonly #known = new Map<string, number>()
  #later = ''

  /** `cores` bounds what is wished for: 0 when the number was not chosen for the models, so that none is. */
  constructor (inUse: ThreadChoice, cores: number, warn: (details: object, text: string) => void) {
    this.#inUse = inUse
    this.#cores = cores
    this.#warn = warn
  }

  get choice (): ThreadChoice { return { value: this.#inUse.value, reason: this.#inUse.reason + this.#later } }

  /** Takes note of a model that was made or changed. */
  note (model: string, description: ModelDescription): void {
    if (this.#known.get(model) === description.parameter_bytes) return
    this.#known.set(model, description.parameter_bytes)
    const { value } = suitableThreads(largestWork(description), this.#cores)
    if (this.#later !== '' || value <= this.#inUse.value) return
    this.#later = `; model '${model}', made since, would be computed by ${value} from the next start of the engine on`
    this.#warn({ model, threads: this.#inUse.value, suitable: value }, 'this model would be computed faster by more threads, from the next start of the engine on')
  }
}

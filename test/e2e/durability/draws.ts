import { RandomStream } from '../../../src/nn/index.ts'
import type { HostTensor, Shape } from '../../../src/tensor.ts'
import type { Server } from '../server.ts'
import { fromWire, type WireTensor } from '../tensors.ts'
import { attempt, check, revisionOf, type Mutator, type Requests } from './attempt.ts'

const SEED = 7
const PATH = '/v1/models/draws'

/** Sizes that leave the stream in the middle of its state, and cross it. */
const DRAWS: ReadonlyArray<{ readonly distribution: 'uniform' | 'normal', readonly shape: Shape }> = [
  { distribution: 'uniform', shape: [3] }, { distribution: 'normal', shape: [5] }, { distribution: 'uniform', shape: [701] }, { distribution: 'normal', shape: [1] }
]

/** A client that draws from a random stream, beside a stream in this process that draws the same. */
export class Draws implements Mutator {
  readonly name = 'draws'
  #stream = new RandomStream(SEED)
  #drawn = 0
  #firstRevision = 0
  #unknown = false
  acknowledged = 0

  async prepare (server: Server): Promise<void> {
    this.#firstRevision = revisionOf(await server.request('POST', '/v1/models', { name: 'draws', seed: SEED, architecture: { type: 'Dense', units: 1 } }))
    check(this.#firstRevision > 0, 'a model that was made has a revision')
  }

  async run (server: Requests): Promise<void> {
    while (await this.#draw(server));
  }

  /** The revision tells how many draws were applied; the next number tells whether the stream stands right behind them. */
  async verify (server: Server): Promise<void> {
    const applied = revisionOf(await server.request('GET', PATH)) - this.#firstRevision
    check(applied === this.#drawn || (this.#unknown && applied === this.#drawn + 1), `${applied} draws are there, ${this.#drawn} were acknowledged`)
    if (applied > this.#drawn) this.#advance()
    this.#unknown = false
    check(await this.#draw(server), 'nothing keeps the server from drawing')
  }

  async #draw (server: Requests): Promise<boolean> {
    const expected = this.#next(RandomStream.restore(this.#stream.save()))
    const answer = await attempt<WireTensor>(server, 'POST', `${PATH}/random`, DRAWS[this.#drawn % DRAWS.length])
    this.#unknown = answer === undefined
    if (answer === undefined) return false
    check(sameValues(fromWire(answer.body), expected), `draw ${this.#drawn + 1} is ${String(answer.body.data.slice(0, 3))}…, not ${String(expected.data.slice(0, 3))}…`)
    this.#advance()
    this.acknowledged++
    return true
  }

  #advance (): void {
    this.#next(this.#stream)
    this.#drawn++
  }

  #next (stream: RandomStream): HostTensor {
    const { distribution, shape } = DRAWS[this.#drawn % DRAWS.length] as typeof DRAWS[number]
    return distribution === 'uniform' ? stream.uniform(0, 1, shape) : stream.normal(0, 1, shape)
  }
}

const sameValues = (a: HostTensor, b: HostTensor): boolean =>
  a.data.length === b.data.length && a.data.every((value, i) => Object.is(value, b.data[i]))

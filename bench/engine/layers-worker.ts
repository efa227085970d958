/** A measuring process for the layers above the bare operations, on the backend its argument names. */
import { selectBackend } from '../../src/backend/select.ts'
import type { EngineOptions } from './engine.ts'
import { convolutionWays, perceptronWays, type Way } from './layers.ts'
import { serve, type Greeting } from './protocol.ts'
import { median, rotated, slice } from './stopwatch.ts'

/** Microseconds per call of one way, and how many more than the way beside it takes. */
export interface Layer { readonly name: string, readonly us: number, readonly added: number | null }

/** A turn of one way lasts about so long; the ways take turns. */
const TURN_US = 1000

const { backend = 'wasm', threads, nativeFolder } = JSON.parse(process.argv[2] ?? '{}') as EngineOptions
const prepared = new Map<string, Way[]>()

async function compare (ways: readonly Way[], ms: number): Promise<Layer[]> {
  const samples = new Map(ways.map(({ name }) => [name, [] as number[]]))
  const end = performance.now() + ms
  // Another way begins each time: garbage, which is collected at regular intervals, must not meet the same one every time.
  for (let turn = 0; performance.now() < end; turn++) {
    for (const { name, run } of rotated(ways, turn)) {
      const own = samples.get(name) as number[]
      const calls = Math.max(1, Math.round(TURN_US / (own.at(-1) ?? TURN_US)))
      own.push(await slice(() => { run() }, calls))
    }
  }
  return ways.map(({ name, beside }) => {
    const own = samples.get(name) as number[]
    const other = beside === undefined ? undefined : samples.get(beside)
    return { name, us: median(own), added: other === undefined ? null : median(own.map((us, i) => us - (other[i] as number))) }
  })
}

const open = async (): Promise<Greeting> => ({ ready: (await selectBackend({ want: backend, threads, nativeFolder })).device })

await serve(open, async ({ case: { name, net, batch }, ms }) => {
  const ways = prepared.get(name) ?? (net === 'conv' ? convolutionWays() : perceptronWays(batch))
  prepared.set(name, ways)
  return await compare(ways, ms)
})

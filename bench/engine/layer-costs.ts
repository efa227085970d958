/** What Blocks, host memory and the handling of a request cost, measured in one process per backend, all ways in turn. */
import type { Bar } from '../bars.ts'
import { worker, type Setup } from './contenders.ts'
import type { Case } from './cases.ts'
import type { Layer } from './layers-worker.ts'
import type { Peer } from './peer.ts'
import { median } from './stopwatch.ts'

const BACKENDS = [{ key: 'native', backend: 'native-cpu' }, { key: 'wasm', backend: 'wasm' }] as const

const small = (batch: number): Case => ({ name: `small_b${batch}`, title: `784-256-10, batch ${batch}`, net: 'small', what: 'forward', batch, gluon: false, flop: 0 })

const NETS: readonly Case[] = [
  small(1), small(32), { name: 'conv_net', title: 'three convolutions and relu, batch 1', net: 'conv', what: 'forward', batch: 1, gluon: false, flop: 0 }
]

const MS = 400

/** One row per backend, net and way: a value per round. */
export interface LayerCost {
  readonly backend: string
  readonly net: Case
  readonly name: string
  readonly us: readonly number[]
  readonly added: readonly number[]
}

/** Backends that are not there are left out. */
export async function layerCosts (setup: Setup, rounds: number): Promise<LayerCost[]> {
  const peers = new Map<string, Peer>()
  for (const { key, backend } of BACKENDS) {
    const peer = worker('./layers-worker.js', { engine: 'tfjs', backend, threads: 1 }, setup)
    if ('ready' in await peer.greet()) peers.set(key, peer)
  }
  const costs = new Map<string, LayerCost>()
  for (let round = -1; round < rounds; round++) {
    for (const net of NETS) {
      for (const [backend, peer] of peers) {
        const layers = await peer.ask({ ask: 'time', case: net, ms: MS }) as Layer[]
        if (round >= 0) for (const layer of layers) note(costs, backend, net, layer)
      }
    }
  }
  for (const peer of peers.values()) peer.close()
  return [...costs.values()]
}

function note (costs: Map<string, LayerCost>, backend: string, net: Case, { name, us, added }: Layer): void {
  const key = `${backend} ${net.name} ${name}`
  const cost = costs.get(key) ?? { backend, net, name, us: [], added: [] }
  costs.set(key, { ...cost, us: [...cost.us, us], added: added === null ? [] : [...cost.added, added] })
}

const MOST_US = 10
const MOST_SHARE = 3

export function layerBars (costs: readonly LayerCost[]): Bar[] {
  return BACKENDS.flatMap(({ key }) => {
    const of = (net: string, name: string): LayerCost | undefined =>
      costs.find(cost => cost.backend === key && cost.net.name === net && cost.name === name)
    const [dense, conv, bare] = [of('small_b1', 'block'), of('conv_net', 'block'), of('conv_net', 'bare')]
    const share = conv && bare && 100 * median(conv.added) / median(bare.us)
    return [
      { key: `block_us_${key}`, what: `Blocks of 784-256-10, batch 1, on ${key}`, value: dense && median(dense.added), limit: MOST_US, unit: ' µs' },
      { key: `block_conv_percent_${key}`, what: `Blocks of three convolutions on ${key}`, value: share, limit: MOST_SHARE, unit: ' %' }
    ]
  })
}

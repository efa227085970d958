/**
 * Row `peers`: other servers with the same network and weights. In every round each takes its turn (start, check, warm-up, load, stop),
 * and blockserve right before it.
 */
import type { Bar } from '../bars.ts'
import type { Server } from '../processes.ts'
import type { Body } from '../wrk.ts'
import { onBackend, startPerceptron, type Backend } from './blockserve.ts'
import type { BodyKind } from './bodies.ts'
import { PEERS, type Comparison, type PeerServer } from './peer-list.ts'
import { startPeer } from './peer-process.ts'
import { descendants } from './process-tree.ts'
import { writeWeights } from './perceptron.ts'
import { CONNECTIONS, type Setting, type Sitting } from './row.ts'
import { sample, Samples, samplesTable, type Sample } from './samples.ts'
import { environment } from './venv.ts'

/** V8 has compiled the front process for good after about 20,000 requests. */
const WARM_SECONDS = 8

/** One peer with one kind of body, and blockserve with the like, by backend. */
class Duel {
  readonly comparison: Comparison
  readonly peer: Samples
  readonly own: ReadonlyMap<Backend, Samples>
  absent: string | undefined

  constructor (server: PeerServer, comparison: Comparison, backends: readonly Backend[]) {
    this.comparison = comparison
    this.peer = new Samples(`${server.title}, ${comparison.body}`)
    this.own = new Map(backends.map(backend => [backend, new Samples(`… beside it blockserve on ${backend}, ${ownBody(comparison)}`)]))
  }

  get bars (): Bar[] {
    const { key, limit } = this.comparison
    return [...this.own].map(([backend, own]) => ({
      key: `${key}_${backend}`,
      what: `784-256-10 on ${backend}, ${CONNECTIONS} connections: requests/s by those of ${this.peer.title}`,
      value: this.absent === undefined ? own.rate / this.peer.rate : undefined,
      limit,
      unit: '×',
      atLeast: true
    }))
  }
}

/** Peers without the Open Inference Protocol get plain JSON. */
const ownBody = ({ body }: Comparison): BodyKind => body === 'plain' ? 'json' : body

export const peers: Sitting = {
  rows: ['peers'],
  measure: async setting => {
    await writeWeights(setting.folder)
    const contests = PEERS.map(server => ({ server, duels: server.comparisons.map(one => new Duel(server, one, setting.backends)) }))
    for (let round = 0; round < setting.rounds; round++) {
      for (const { server, duels } of contests) await contest(setting, server, duels)
    }
    const duels = contests.flatMap(({ duels }) => duels)
    print(setting, duels)
    return duels.flatMap(({ bars }) => bars)
  }
}

/** A peer that fails once is out. */
async function contest (setting: Setting, server: PeerServer, duels: readonly Duel[]): Promise<void> {
  for (const duel of duels.filter(({ absent }) => absent === undefined)) {
    try {
      await fight(setting, server, duel)
    } catch (error) {
      duel.absent = (error as Error).message
      setting.print(`${duel.peer.title} cannot be measured: ${duel.absent}`)
    }
  }
}

async function fight (setting: Setting, server: PeerServer, { comparison, own, peer }: Duel): Promise<void> {
  const bin = await environment(server.name, server.requirements, setting.python)
  for (const [backend, samples] of own) {
    const blockserve = await startPerceptron(onBackend(backend))
    samples.add(await turn(setting, blockserve, blockserve.inferUrl, setting.bodies[ownBody(comparison)]))
  }
  const body = setting.bodies[comparison.body]
  const started = await startPeer(server, bin, setting.folder, body)
  peer.add(await turn(setting, started, started.url, body))
}

/** Warms a server up, measures it, stops it. */
async function turn ({ seconds }: Setting, server: Server, url: string, body: Body): Promise<Sample> {
  try {
    await sample(url, body, [], CONNECTIONS, WARM_SECONDS)
    const { cpu, ...load } = await sample(url, body, descendants(server.pid).map(({ pid }) => pid), CONNECTIONS, seconds)
    return { ...load, cpu: [cpu.reduce((sum, one) => sum + one, 0)] }
  } finally {
    await server.stop()
  }
}

function print (setting: Setting, duels: readonly Duel[]): void {
  setting.print('\n784-256-10 beside other servers; CPU time is that of all processes of a server\n')
  const shown = duels.flatMap(({ own, peer }) => [peer, ...own.values()]).filter(({ isEmpty }) => !isEmpty)
  for (const line of samplesTable(shown)) setting.print(line)
}

/**
 * Scenario `serving`: inference over HTTP beside what bounds it (bare routes, the engine without HTTP) and beside other servers.
 * `--rows json,binary,lone,peers,conv,engines,overload,soak` (default: all), `--backend wasm|native` (default: both, where both count),
 * `--rounds N`, `--seconds N` of one load, `--requests N` of the soak, `--python PATH` for the peers. Needs wrk.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countBars, type Bar } from '../bars.ts'
import { bars, keyValue } from '../tables.ts'
import { againstBare } from './against-bare.ts'
import { writeBodies } from './bodies.ts'
import { conv } from './conv.ts'
import { engines } from './engines.ts'
import { machine } from './machine.ts'
import { optionsFrom } from './options.ts'
import { overload } from './overload.ts'
import { peers } from './peers.ts'
import type { Setting, Sitting } from './row.ts'
import { soak } from './soak.ts'

type Print = (line: string) => void

const SITTINGS: readonly Sitting[] = [againstBare, peers, conv, engines, overload, soak]
const ROWS = SITTINGS.flatMap(({ rows }) => rows)

export async function serving (print: Print, args: readonly string[]): Promise<string> {
  const { rows: asked, ...options } = optionsFrom(args)
  const rows = asked.length === 0 ? ROWS : asked
  const unknown = rows.find(row => !ROWS.includes(row))
  if (unknown !== undefined) throw new Error(`There is no row '${unknown}'. Rows: ${ROWS.join(', ')}`)
  print(await machine())
  print(`${options.rounds} rounds, interleaved, ${options.seconds} s per load; figures are medians; access logs are off`)
  const folder = await mkdtemp(join(tmpdir(), 'blockserve-bench-'))
  try {
    const found = await measure({ ...options, print, folder, bodies: await writeBodies(folder) }, rows)
    return `serving ${found.map(keyValue).join(' ')} ${counts(found)}`
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The bars of a sitting are printed with it, so that a run that is cut short has shown something. */
async function measure (setting: Setting, rows: readonly string[]): Promise<Bar[]> {
  const found: Bar[] = []
  for (const sitting of SITTINGS) {
    const wanted = sitting.rows.filter(row => rows.includes(row))
    if (wanted.length === 0) continue
    const own = await sitting.measure(setting, wanted)
    for (const line of ['', ...bars(own)]) setting.print(line)
    found.push(...own)
  }
  return found
}

const counts = (all: readonly Bar[]): string =>
  `passed=${countBars(all, 'pass')} failed=${countBars(all, 'fail')} not_measured=${countBars(all, 'not measured')}`

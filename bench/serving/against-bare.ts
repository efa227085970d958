/** Rows `json`, `binary` and `lone`: the small network beside bare routes, all in one sitting per backend. */
import type { Bar } from '../bars.ts'
import { startModule, type Server } from '../processes.ts'
import { check } from './answers.ts'
import { onBackend, startPerceptron, type Backend, type Blockserve } from './blockserve.ts'
import { EXPECTED } from './perceptron.ts'
import { CONNECTIONS, type Setting, type Sitting } from './row.ts'
import { sample, Samples, samplesTable } from './samples.ts'

type Form = 'json' | 'binary'

interface Cell { readonly row: string, readonly form: Form, readonly connections: number, readonly bare: Samples, readonly own: Samples }

const LIMITS = { json: 0.8, binary: 0.5 } as const
const LONE_MS = 0.2
/** V8 has compiled the front process for good after about 20,000 requests. */
const WARM_SECONDS = 5
const FORMS: readonly Form[] = ['json', 'binary']

export const againstBare: Sitting = {
  rows: ['json', 'binary', 'lone'],
  measure: async (setting, rows) => {
    const bars: Bar[] = []
    for (const backend of setting.backends) bars.push(...await onOne(setting, backend, rows))
    return bars
  }
}

async function onOne (setting: Setting, backend: Backend, rows: readonly string[]): Promise<Bar[]> {
  const cells = cellsOf(rows)
  const [bare, own] = await Promise.all([startModule('./serving/bare.js', []), startPerceptron(onBackend(backend))])
  try {
    await warm(setting, bare, own)
    for (let round = 0; round < setting.rounds; round++) for (const cell of cells) await measure(setting, cell, bare, own)
  } finally {
    await Promise.all([bare.stop(), own.stop()])
  }
  print(setting, backend, cells)
  return cells.map(cell => barOf(cell, backend))
}

function cellsOf (rows: readonly string[]): Cell[] {
  const cell = (row: string, form: Form, connections: number): Cell => {
    const what = `${form}, ${connections} connection${connections === 1 ? '' : 's'}`
    return { row, form, connections, bare: new Samples(`bare route, ${what}`), own: new Samples(`blockserve, ${what}`) }
  }
  return [
    ...FORMS.filter(form => rows.includes(form)).map(form => cell(form, form, CONNECTIONS)),
    ...FORMS.filter(() => rows.includes('lone')).map(form => cell('lone', form, 1))
  ]
}

async function warm ({ bodies }: Setting, bare: Server, own: Blockserve): Promise<void> {
  for (const form of FORMS) {
    await check(own.inferUrl, bodies[form], EXPECTED)
    await sample(`${bare.url}/${form}`, bodies[form], [], CONNECTIONS, WARM_SECONDS)
    await sample(own.inferUrl, bodies[form], [], CONNECTIONS, WARM_SECONDS)
  }
}

async function measure ({ bodies, seconds }: Setting, cell: Cell, yardstick: Server, server: Blockserve): Promise<void> {
  const { form, connections, bare, own } = cell
  bare.add(await sample(`${yardstick.url}/${form}`, bodies[form], [yardstick.pid], connections, seconds))
  own.add(await sample(server.inferUrl, bodies[form], server.pids, connections, seconds))
}

function print (setting: Setting, backend: Backend, cells: readonly Cell[]): void {
  setting.print(`\n784-256-10 on ${backend}, beside bare Fastify routes\n`)
  for (const line of samplesTable(cells.flatMap(({ bare, own }) => [bare, own]))) setting.print(line)
}

function barOf ({ row, form, bare, own }: Cell, backend: Backend): Bar {
  if (row === 'lone') {
    const what = `784-256-10 on ${backend}, ${form}, 1 connection: p50 less the bare route's p50`
    return { key: `lone_${form}_${backend}_ms`, what, value: own.p50 - bare.p50, limit: LONE_MS, unit: ' ms' }
  }
  const what = `784-256-10 on ${backend}, ${form}, ${CONNECTIONS} connections: requests/s by the bare route's`
  return { key: `${form}_${backend}`, what, value: own.rate / bare.rate, limit: LIMITS[form], unit: '×', atLeast: true }
}

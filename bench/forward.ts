/**
 * Scenario `forward`: 784-256-10 over HTTP as JSON, at batch 1 and 32 and concurrency 1 and 32, beside a bare Fastify
 * route that parses the same body and answers ten numbers. All in one run, rounds interleaved; the figures are medians.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBare, startBlockserve, type Server } from './processes.ts'
import { post, type Body, type Load } from './wrk.ts'

const WIDTH = 784
const ROUNDS = 3
const SECONDS = 3
const MODEL = '/v1/models/mlp'
const SPEC = { type: 'Sequential', children: [{ type: 'Dense', units: 256, activation: 'relu', in_units: WIDTH }, { type: 'Dense', units: 10, in_units: 256 }] }

interface Cell { readonly batch: number, readonly connections: number, readonly bare: Load[], readonly blockserve: Load[] }

/** Runs the scenario; the line it returns ends with the ratios. */
export async function forward (print: (line: string) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blockserve-bodies-'))
  const [bare, blockserve] = await Promise.all([startBare(), startBlockserve()])
  try {
    await prepare(blockserve)
    const cells: Cell[] = [1, 32].flatMap(batch => [1, 32].map(connections => ({ batch, connections, bare: [], blockserve: [] })))
    for (let round = 0; round < ROUNDS; round++) for (const cell of cells) await measure(cell, bare, blockserve, folder)
    for (const cell of cells) print(report(cell))
    return `forward ${cells.map(cell => `b${cell.batch}_c${cell.connections}=${ratio(cell).toFixed(2)}`).join(' ')}`
  } finally {
    await Promise.all([bare.stop(), blockserve.stop(), rm(folder, { recursive: true })])
  }
}

async function prepare ({ url }: Server): Promise<void> {
  await send(`${url}/v1/models`, { name: 'mlp', seed: 0, architecture: SPEC })
  await send(`${url}${MODEL}/initialize`, {})
}

async function send (url: string, body: unknown): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}

async function measure (cell: Cell, bare: Server, blockserve: Server, folder: string): Promise<void> {
  const body = await bodyFile(folder, cell.batch)
  cell.bare.push(await post(`${bare.url}/forward`, body, cell.connections, SECONDS))
  cell.blockserve.push(await post(`${blockserve.url}${MODEL}/forward`, body, cell.connections, SECONDS))
}

async function bodyFile (folder: string, batch: number): Promise<Body> {
  const file = join(folder, `${batch}.json`)
  const data = Array.from({ length: batch * WIDTH }, (_, i) => Number(Math.fround(Math.sin(i)).toPrecision(7)))
  await writeFile(file, JSON.stringify({ inputs: [{ shape: [batch, WIDTH], data }] }))
  return { file, type: 'application/json' }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
const rate = (loads: readonly Load[]): number => median(loads.map(load => load.rate))
const ratio = ({ blockserve, bare }: Cell): number => rate(blockserve) / rate(bare)

function report (cell: Cell): string {
  const line = (loads: readonly Load[]): string =>
    `${rate(loads).toFixed(0)}/s p50 ${median(loads.map(load => load.p50)).toFixed(2)} ms p99 ${median(loads.map(load => load.p99)).toFixed(2)} ms` +
    ` errors ${loads.reduce((sum, load) => sum + load.errors, 0)}`
  return `batch ${cell.batch}, concurrency ${cell.connections}: blockserve ${line(cell.blockserve)} | bare ${line(cell.bare)} | ratio ${ratio(cell).toFixed(2)}`
}

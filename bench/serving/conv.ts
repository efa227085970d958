/** Row `conv`: what HTTP, two processes and the queue take of a network that is heavy enough to hide them. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bar } from '../bars.ts'
import { median } from '../engine/stopwatch.ts'
import { check } from './answers.ts'
import { readRuntime } from './blockserve.ts'
import { TITLE } from './conv-net.ts'
import { startConvolutions, writeImage } from './conv-server.ts'
import type { Setting, Sitting } from './row.ts'
import { sample, Samples, samplesTable } from './samples.ts'

interface Loop { readonly answer: number[], readonly rate: number }

const run = promisify(execFile)
const LOOP = fileURLToPath(new URL('./in-process.js', import.meta.url))
const CONNECTIONS = 4
const LIMIT = 0.95

async function inProcess (threads: number, seconds: number): Promise<Loop> {
  const { stdout } = await run(process.execPath, [LOOP, String(threads), String(seconds)])
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Loop
}

export const conv: Sitting = {
  rows: ['conv'],
  measure: async setting => {
    const body = await writeImage(setting.folder)
    const server = await startConvolutions({})
    try {
      const { device, threads } = await readRuntime(server.url)
      const count = threads?.value ?? 1
      await check(server.inferUrl, body, (await inProcess(count, 0)).answer)
      await sample(server.inferUrl, body, [], CONNECTIONS, setting.seconds)
      const served = new Samples(`blockserve, ${CONNECTIONS} connections, binary, batch 1`)
      const loops: Loop[] = []
      for (let round = 0; round < setting.rounds; round++) {
        loops.push(await inProcess(count, setting.seconds))
        served.add(await sample(server.inferUrl, body, server.pids, CONNECTIONS, setting.seconds))
      }
      print(setting, `${device}, ${threads?.reason}`, served, loops)
      return [barOf(served, loops)]
    } finally {
      await server.stop()
    }
  }
}

function print ({ print }: Setting, device: string, served: Samples, loops: readonly Loop[]): void {
  print(`\n${TITLE}, ${device}\n`)
  for (const line of samplesTable([served])) print(line)
  const rates = loops.map(({ rate }) => rate)
  print(`| the same in process, without HTTP | ${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}) | | | | |`)
}

const barOf = (served: Samples, loops: readonly Loop[]): Bar => ({
  key: 'conv',
  what: `${TITLE}, binary, ${CONNECTIONS} connections: requests/s by forwards/s in process`,
  value: served.rate / median(loops.map(({ rate }) => rate)),
  limit: LIMIT,
  unit: '×',
  atLeast: true
})

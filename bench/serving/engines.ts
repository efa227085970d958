/** Row `engines`: two engine processes beside one, each with one thread. */
import type { Bar } from '../bars.ts'
import { readRuntime, type Blockserve } from './blockserve.ts'
import { TITLE } from './conv-net.ts'
import { startConvolutions, writeImage } from './conv-server.ts'
import type { Setting, Sitting } from './row.ts'
import { sample, Samples, samplesTable } from './samples.ts'

const CONNECTIONS = 8
const LIMIT = 1.6
const COUNTS = [1, 2] as const

const start = (engines: number): Promise<Blockserve> => startConvolutions({ BLOCKSERVE_THREADS: '1', BLOCKSERVE_ENGINES: String(engines) })

export const engines: Sitting = {
  rows: ['engines'],
  measure: async setting => {
    const body = await writeImage(setting.folder)
    const contenders = await Promise.all(COUNTS.map(async count =>
      ({ server: await start(count), samples: new Samples(`${count} engine${count === 1 ? '' : 's'}, ${CONNECTIONS} connections`) })))
    try {
      const { length } = (await readRuntime((contenders[1] as { server: Blockserve }).server.url)).placement
      if (length < 2) return [missing(setting)]
      for (let round = -1; round < setting.rounds; round++) {
        for (const { server, samples } of contenders) {
          const measured = await sample(server.inferUrl, body, server.pids, CONNECTIONS, setting.seconds)
          if (round >= 0) samples.add(measured)
        }
      }
      return [report(setting, contenders.map(({ samples }) => samples))]
    } finally {
      await Promise.all(contenders.map(({ server }) => server.stop()))
    }
  }
}

function report ({ print }: Setting, all: readonly Samples[]): Bar {
  print(`\n${TITLE}, native, one thread per engine\n`)
  for (const line of samplesTable(all)) print(line)
  const [one, two] = all as [Samples, Samples]
  return barOf(two.rate / one.rate)
}

function missing ({ print }: Setting): Bar {
  print('\nThe row engines cannot be measured: this server runs one engine, whatever BLOCKSERVE_ENGINES says.')
  return barOf(undefined)
}

const barOf = (value: number | undefined): Bar => ({
  key: 'engines', what: `${TITLE}: requests/s of two engines by those of one`, value, limit: LIMIT, unit: '×', atLeast: true
})

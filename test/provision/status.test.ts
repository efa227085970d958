import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readOptions } from '../../src/provision/options.ts'
import { status, statusText, type Status } from '../../src/provision/status.ts'
import { make, VERSION, workbench } from './workbench.ts'

const STATUS: Status = {
  folder: '/builds',
  builds: [
    { build: '/builds/cuda-2.21.0-linux-x64', variant: 'cuda', tensorflow: '2.21.0', bytes: 5.5e9, madeAt: '2026-01-02T03:04:05.678Z', works: true, gpu: false, reason: null },
    { build: '/builds/cpu-2.9.1-linux-x64', variant: 'cpu', tensorflow: '2.9.1', bytes: 1e6, madeAt: 'unknown', works: false, gpu: null, reason: 'It cannot be used.' }
  ],
  downloads: { wheels: 0, bytes: 0 },
  server: {
    backend: 'native-cpu',
    device: 'Some CPU',
    build: '/builds/cuda-2.21.0-linux-x64',
    attempts: [
      { backend: 'native-gpu', used: false, reason: 'no CUDA device' },
      { backend: 'native-cpu', used: true, reason: null },
      { backend: 'wasm', used: false, reason: 'not tried' }
    ]
  }
}

t.test('the builds are a table, with why one does not work, and what the server would take and why not the rest', async t => {
  t.equal(statusText(STATUS), `Builds in /builds:

build                  TensorFlow  size    made at               works  GPU
cuda-2.21.0-linux-x64  2.21.0      5.5 GB  2026-01-02T03:04:05Z  yes    not seen
cpu-2.9.1-linux-x64    2.9.1       1.0 MB  unknown               no
It cannot be used.

The server would take native-cpu, from /builds/cuda-2.21.0-linux-x64, on Some CPU.
  not native-gpu: no CUDA device
  not wasm: not tried
`)
})

t.test('a GPU that is seen, and wheels that wait, are told', async t => {
  const [build] = STATUS.builds
  const text = statusText({ ...STATUS, builds: [{ ...build as Status['builds'][number], gpu: true }], downloads: { wheels: 3, bytes: 2e9 } })
  t.match(text, /yes {4}seen$/m)
  t.match(text, /^3 wheels \(2\.0 GB\) in \/builds\/downloads wait for an interrupted run to go on\.$/m)
})

t.test('without builds the commands that make one are told', async t => {
  t.match(statusText({ ...STATUS, builds: [] }), /^There are no builds in \/builds\. Run npm run native, or npm run native:cuda/)
})

t.test('a server that would die is told as such', async t => {
  t.match(statusText({ ...STATUS, server: 'the server would end with SIGILL' }), /\nWith these builds the server would end with SIGILL\.\n$/)
})

t.test('builds are tried, and the server\'s own choice is asked for', async t => {
  const bench = workbench(t)
  await make(bench)
  const foreign = join(bench.builds, 'cpu-2.1.0-linux-x64')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'manifest.json'), '{"variant": "cpu"}')
  const options = readOptions(['--status', '--json', '--dir', bench.builds], {})
  const damaged = join(bench.builds, 'cpu-1.0.0-linux-x64')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'manifest.json'), '{')
  const { builds, server } = JSON.parse(await status(options, bench.env)) as Status
  t.match(builds, [
    { build: join(bench.builds, `cpu-${VERSION}-linux-${process.arch}`), variant: 'cpu', tensorflow: VERSION, works: true, gpu: false, reason: null },
    { build: foreign, tensorflow: 'unknown', madeAt: 'unknown', bytes: 18 },
    { build: damaged, tensorflow: 'unknown', madeAt: 'unknown', bytes: 1 }
  ])
  t.match(server, { backend: 'wasm', build: null, attempts: [{ backend: 'native-gpu', used: false }, { backend: 'native-cpu', used: false }, { backend: 'wasm', used: true }] })
  const broken = JSON.parse(await status(options, { ...bench.env, FAKE_TRIAL_SIGNAL: 'SIGILL' })) as Status
  t.match(broken.builds[0], { works: false, gpu: null, reason: /SIGILL/ })
})

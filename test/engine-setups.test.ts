import t from 'tap'
import { readConfig, type Config } from '../src/config.ts'
import { firstEngine, otherEngines } from '../src/engine-setups.ts'
import type { EngineConfig } from '../src/runtime/engine-config.ts'

const config = (engines: string): Config => readConfig({ BLOCKSERVE_ENGINES: engines })
const ENVIRONMENT = { PATH: '/bin' }
const GPUS = { backend: 'native-gpu', gpus: ['2', 'GPU-abc', '0'] } as const

t.test('on a CPU there are as many engines as asked for, numbered, on the backend that the first has found', async t => {
  t.match(firstEngine(config('3'), ENVIRONMENT), { config: { engine: 0, engines: 3, backend: 'auto' }, env: ENVIRONMENT })
  const others = otherEngines(config('3'), ENVIRONMENT, { backend: 'native-cpu', gpus: [] })
  t.match(others, [{ config: { engine: 1, engines: 3, backend: 'native-cpu' } }, { config: { engine: 2, engines: 3 } }])
  t.same(otherEngines(config(''), ENVIRONMENT, { backend: 'wasm', gpus: [] }), [], 'one when nothing is said')
})

t.test('on GPUs every engine has one of its own: all of them, or as many as asked for', async t => {
  const devices = (engines: string): unknown[] =>
    otherEngines(config(engines), ENVIRONMENT, GPUS).map(({ env }) => env?.CUDA_VISIBLE_DEVICES)
  t.same(devices('auto'), ['GPU-abc', '0'])
  t.same(devices('2'), ['GPU-abc'])
  t.same(devices('9'), ['GPU-abc', '0'])
})

t.test('auto is at least one engine', async t => {
  t.ok((firstEngine(config('auto'), ENVIRONMENT).config as EngineConfig).engines >= 1)
  t.throws(() => config('many'), { code: 'invalid_setting' })
})

/** A measuring process: one engine, told by its argument. */
import type { Case } from './cases.ts'
import type { Engine, EngineOptions, Prepared } from './engine.ts'
import { serve } from './protocol.ts'
import { timed } from './stopwatch.ts'

const OPEN: Readonly<Record<EngineOptions['engine'], (options: EngineOptions) => Promise<Engine>>> = {
  tfjs: async options => (await import('./tfjs.ts')).openTfjs(options),
  'stock-wasm': async options => (await import('./tfjs.ts')).openStockWasm(options),
  onnx: async options => (await import('./onnx.ts')).openOnnx(options)
}

const options = JSON.parse(process.argv[2] ?? '{}') as EngineOptions
const prepared = new Map<string, Prepared>()
const guesses = new Map<string, number>()
let engine: Engine | undefined

async function ready (one: Case): Promise<Prepared> {
  const known = prepared.get(one.name) ?? await (engine as Engine).prepare(one)
  prepared.set(one.name, known)
  return known
}

await serve(async () => {
  engine = await OPEN[options.engine](options)
  return { ready: engine.device }
}, async ({ ask, case: one, ms }) => {
  const { run, answer } = await ready(one)
  if (ask === 'answer') return await answer()
  const us = await timed(run, ms, guesses.get(one.name))
  guesses.set(one.name, us)
  return us
})

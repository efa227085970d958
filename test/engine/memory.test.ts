import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { rig, type Rig } from './harness.ts'
import { leastMemory } from './memory.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const MEBIBYTE = 1 << 20

async function flood (call: Rig['call'], calls: number): Promise<void> {
  const data = new Float32Array(784)
  for (let left = calls; left > 0; left -= 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => call('echo', { data }, { model: `model ${i}`, signal: new AbortController().signal })))
  }
}

async function memory (call: Rig['call']): Promise<{ front: number, engine: number }> {
  const engine = await call('memory') as number
  return { front: await leastMemory(collect), engine }
}

t.test('10,000 calls leave the memory of both processes as it was', async t => {
  const { call, engine } = await rig(t, { execArgv: ['--expose-gc'] })
  await flood(call, 2000)
  const before = await memory(call)
  await flood(call, 10_000)
  const after = await memory(call)
  t.ok(after.front - before.front < MEBIBYTE, `front grew by ${after.front - before.front} bytes`)
  t.ok(after.engine - before.engine < MEBIBYTE, `engine grew by ${after.engine - before.engine} bytes`)
  t.match(engine.status(), { waiting: 0, sent: 0, waiting_by_model: {} })
})

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import t, { type Test } from 'tap'

const front = new URL('./fake-front.js', import.meta.url).pathname

/** A front whose output both processes hold, so that its end proves that both are gone. */
async function start (t: Test, command: string[]): Promise<{ child: ChildProcess, gone: Promise<unknown> }> {
  const child = spawn(process.execPath, [front, ...command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  t.teardown(() => { try { process.kill(-(child.pid as number), 'SIGKILL') } catch { /* All of the group is gone, as it should be. */ } })
  const output = child.stdout as Readable
  const gone = once(output, 'close')
  await once(createInterface(output), 'line')
  return { child, gone }
}

t.test('when the front is killed an idle engine exits by itself', async t => {
  const { child, gone } = await start(t, ['echo'])
  child.kill('SIGKILL')
  await gone
})

t.test('when the front is killed a working engine exits after the command at work', async t => {
  const { child, gone } = await start(t, ['hold', '300'])
  child.kill('SIGKILL')
  await gone
})

t.test('the engine is in the process group of the server, so killing the group ends it even in a native call', async t => {
  const { child, gone } = await start(t, ['hold', '60000'])
  process.kill(-(child.pid as number), 'SIGKILL')
  await gone
})

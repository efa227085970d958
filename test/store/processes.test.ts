import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { openStore } from '../../src/store/store.ts'
import { blobsOf, revisionsIn, writeRevision } from './revisions.ts'
import { blobFiles, temporaryFolder } from './samples.ts'

const WRITER = fileURLToPath(new URL('writer.js', import.meta.url))
const KILLS = 32

interface Writer {
  readonly child: ChildProcess
  readonly lines: Interface
  /** The number in the last line it wrote. */
  readonly acknowledged: () => number
}

function startWriter (t: Test, folder: string, mode: 'stream' | 'step'): Writer {
  const child = spawn(process.execPath, [WRITER, folder, mode], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  let last = 0
  lines.on('line', line => { last = Number(line) || last })
  return { child, lines, acknowledged: () => last }
}

async function kill ({ child, lines }: Writer): Promise<void> {
  const gone = Promise.all([once(child, 'exit'), once(lines, 'close')])
  child.kill('SIGKILL')
  await gone
}

async function linesSeen (lines: Interface, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await once(lines, 'line')
}

t.test('a reader sees every commit of another process as soon as it is acknowledged', async t => {
  const folder = temporaryFolder(t)
  const reader = openStore(folder, { readOnly: true })
  const writer = startWriter(t, folder, 'step')
  await once(writer.lines, 'line')
  for (let revision = 1; revision <= 30; revision++) {
    const answer = once(writer.lines, 'line')
    writer.child.stdin?.write('\n')
    // Reading meanwhile, so that there is an older snapshot and a blob that is about to go.
    const before = revisionsIn(reader)
    t.ok(before.model === revision - 1 || before.model === revision)
    t.strictSame(await answer, [String(revision)])
    t.strictSame(revisionsIn(reader), { model: revision, parts: Array(15).fill(revision) })
  }
  await kill(writer)
  reader.close()
})

t.test('a reader that never leaves its turn sees the commits of another process all the same', async t => {
  const folder = temporaryFolder(t)
  const reader = openStore(folder, { readOnly: true })
  for (let revision = 1; revision <= 3; revision++) {
    t.equal(revisionsIn(reader).model, revision - 1)
    spawnSync(process.execPath, [WRITER, folder, 'once'])
    t.strictSame(revisionsIn(reader), { model: revision, parts: Array(15).fill(revision) })
  }
  reader.close()
})

t.test('several processes write in turn, and no transaction is lost', async t => {
  const folder = temporaryFolder(t)
  const writers = Array.from({ length: 3 }, () => startWriter(t, folder, 'step'))
  await Promise.all(writers.map(writer => once(writer.lines, 'line')))
  await Promise.all(writers.map(async writer => {
    writer.child.stdin?.end('\n'.repeat(8))
    await once(writer.lines, 'close')
  }))
  const reader = openStore(folder, { readOnly: true })
  t.strictSame(revisionsIn(reader), { model: 24, parts: Array(15).fill(24) })
  reader.close()
})

t.test('a sweep takes nothing from a transaction that another process is in', async t => {
  const folder = temporaryFolder(t)
  const writer = startWriter(t, folder, 'stream')
  await linesSeen(writer.lines, 2)
  for (let i = 0; i < 40; i++) {
    openStore(folder).close()
    if (i % 4 === 0) await once(writer.lines, 'line')
  }
  await kill(writer)
  const store = openStore(folder)
  const { model, parts } = revisionsIn(store)
  t.strictSame(parts, Array(15).fill(model))
  t.equal(blobFiles(folder).length, blobsOf(model))
  store.close()
})

t.test(`a writer killed ${KILLS} times loses nothing it acknowledged and leaves no half of a change`, async t => {
  const folder = temporaryFolder(t)
  const reader = openStore(folder, { readOnly: true })
  let unacknowledged = 0
  for (let round = 0; round < KILLS; round++) {
    const writer = startWriter(t, folder, 'stream')
    await linesSeen(writer.lines, 2 + round % 5)
    await wait(round * 7 % 23)
    await kill(writer)
    const found = revisionsIn(reader)
    const ahead = found.model - writer.acknowledged()
    t.ok(ahead === 0 || ahead === 1, `round ${round}: ${writer.acknowledged()} acknowledged, ${found.model} found`)
    t.strictSame(found.parts, Array(15).fill(found.model))
    unacknowledged += ahead
  }
  t.comment(`${revisionsIn(reader).model} revisions, ${unacknowledged} of them committed but not acknowledged`)
  reader.close()
  const store = openStore(folder)
  t.equal(blobFiles(folder).length, blobsOf(revisionsIn(store).model), 'no blob is left over')
  const next = revisionsIn(store).model + 1
  t.equal(writeRevision(store), next)
  t.strictSame(revisionsIn(store).parts, Array(15).fill(next))
  store.close()
})

t.test('a process killed while it makes the store leaves a folder that opens', async t => {
  for (let delay = 20; delay < 140; delay += 15) {
    const folder = join(temporaryFolder(t), 'data')
    const writer = startWriter(t, folder, 'stream')
    await wait(delay)
    await kill(writer)
    const store = openStore(folder)
    const { model, parts } = revisionsIn(store)
    t.ok(model >= writer.acknowledged() && parts.every(part => part === model))
    t.equal(writeRevision(store), model + 1)
    store.close()
  }
})

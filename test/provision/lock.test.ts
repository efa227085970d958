import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { takeLock } from '../../src/provision/lock.ts'
import { prepareFolder, withWorkFolder } from '../../src/provision/work-folder.ts'

/** A folder with a lock that says it is held by that process. */
function lockedBy (folder: string, holder: { readonly pid: number, readonly started: string, readonly host?: string }): string {
  mkdirSync(join(folder, '.lock'))
  writeFileSync(join(folder, '.lock', 'holder.json'), JSON.stringify({ host: hostname(), since: '2026-01-02T03:04:05.678Z', ...holder }))
  return folder
}

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid

t.test('a lock that is held is refused, with who holds it since when, until it is released', async t => {
  const folder = t.testdir({})
  const release = takeLock(folder)
  t.throws(() => takeLock(folder), { code: 'native_busy', message: new RegExp(`Process ${process.pid} on ${hostname()} .*${folder}, since 20`), remedy: /Wait/ })
  release()
  takeLock(folder)()
  t.same(readdirSync(folder), [], 'nothing is left behind')
})

t.test('the lock of a process that is gone is taken over', async t => {
  const folder = lockedBy(t.testdir({}), { pid: deadPid(), started: '1' })
  takeLock(folder)()
  t.same(readdirSync(folder), [])
})

t.test('so is the lock of a process whose number another one has now', async t => {
  takeLock(lockedBy(t.testdir({}), { pid: process.pid, started: 'long ago' }))()
})

t.test('of a process on another machine nothing is known, so its lock stays', async t => {
  const folder = lockedBy(t.testdir({}), { pid: deadPid(), started: '1', host: 'elsewhere' })
  t.throws(() => takeLock(folder), { code: 'native_busy', message: /on elsewhere .*since 2026-01-02T03:04:05\.678Z/, remedy: /delete/ })
})

t.test('a lock that was removed by hand is no error at its release', async t => {
  const folder = t.testdir({})
  const release = takeLock(folder)
  rmSync(join(folder, '.lock'), { recursive: true })
  release()
  t.same(readdirSync(folder), [])
})

t.test('of several processes one at a time holds the lock', async t => {
  const folder = t.testdir({ builds: {} })
  const log = join(folder, 'log')
  const script = fileURLToPath(new URL('locker.js', import.meta.url))
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, [script, join(folder, 'builds'), log, '15'], { stdio: 'inherit' }))
  const ends = await Promise.all(children.map(child => once(child, 'close')))
  t.same(ends, children.map(() => [0, null]))
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, 4 * 15 * 2)
  for (let i = 0; i < lines.length; i += 2) t.equal(lines[i + 1], lines[i]?.replace('in', 'out'))
})

t.test('a run works in a folder of its own, which is gone afterwards, also when it fails', async t => {
  const folder = t.testdir({ 'cpu-2.20.0-linux-x64': {} })
  let seen: string[] = []
  await withWorkFolder(folder, async work => { seen = [work.slice(0, folder.length), ...readdirSync(work)] })
  t.same(seen, [folder])
  await t.rejects(withWorkFolder(folder, async () => { throw new Error('no') }), { message: 'no' })
  t.same(readdirSync(folder), ['cpu-2.20.0-linux-x64'])
})

t.test('what killed runs left is swept, and a build one of them was about to replace comes back', async t => {
  const replaced = { build: { 'manifest.json': '{}' }, replaced: { 'cpu-2.20.0-linux-x64': { 'manifest.json': 'old' } } }
  const folder = t.testdir({ '.work-abc': replaced, '.work-def': {}, '.lock-1': {}, '.lock-2': {}, downloads: {} })
  utimesSync(join(folder, '.lock-1'), 1, 1)
  await withWorkFolder(folder, async () => {})
  t.same(readdirSync(folder).sort(), ['.lock-2', 'cpu-2.20.0-linux-x64', 'downloads'], 'what is young may be in use')
  t.equal(readFileSync(join(folder, 'cpu-2.20.0-linux-x64/manifest.json'), 'utf8'), 'old')
})

t.test('a build that is in place is not overwritten by one that was replaced', async t => {
  const folder = t.testdir({ build: { 'manifest.json': 'new' }, '.work-abc': { replaced: { build: { 'manifest.json': 'old' } } } })
  await withWorkFolder(folder, async () => {})
  t.equal(readFileSync(join(folder, 'build/manifest.json'), 'utf8'), 'new')
})

t.test('a folder that cannot be made, or is a build itself, is refused', async t => {
  const folder = t.testdir({ file: '', build: { 'manifest.json': '{}' } })
  t.throws(() => { prepareFolder(join(folder, 'file/builds')) }, { code: 'native_folder_unusable', message: /file\/builds: ENOTDIR/, remedy: /--dir/ })
  t.throws(() => { prepareFolder('/proc/blockserve/builds') }, { code: 'native_folder_unusable', message: /\/proc\/blockserve/, remedy: /--dir/ })
  t.throws(() => { prepareFolder(join(folder, 'build')) }, { code: 'native_folder_unusable', message: /it is a build itself/ })
  prepareFolder(join(folder, 'deep/er'))
  t.same(readdirSync(join(folder, 'deep')), ['er'])
})

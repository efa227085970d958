import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { defaultNativeFolder, findBuilds, probe } from '../../src/backend/native-builds.ts'
import { selectBackend } from '../../src/backend/select.ts'

/** A build whose addon is not one. */
function brokenBuild (folder: string, variant: 'cpu' | 'cuda'): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tfjs_binding.node'), 'not an addon')
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ variant, tensorflow: '2.20.0' }, null, 2))
  return folder
}

t.test('builds are found newest first, and unfinished ones are not', async t => {
  const root = t.testdir({ 'cpu-2.19.0-linux-x64.tmp': { 'tfjs_binding.node': '' } })
  const old = brokenBuild(join(root, 'cpu-2.9.1-linux-x64'), 'cpu')
  const cuda = brokenBuild(join(root, 'cuda-2.21.0-linux-x64'), 'cuda')
  const recent = brokenBuild(join(root, 'cpu-2.20.0-linux-x64'), 'cpu')
  t.same(findBuilds(root), [{ folder: cuda, cuda: true }, { folder: recent, cuda: false }, { folder: old, cuda: false }])
  t.same(findBuilds(recent), [{ folder: recent, cuda: false }], 'a folder can be a build itself')
  t.same(findBuilds(join(root, 'missing')), [])
})

t.test('builds are kept in the user\'s cache', async t => {
  t.equal(defaultNativeFolder('/cache'), '/cache/blockserve/native')
  const home = join(homedir(), '.cache/blockserve/native')
  t.same([defaultNativeFolder(), defaultNativeFolder(''), defaultNativeFolder('cache')], [home, home, home], 'a relative XDG_CACHE_HOME does not count')
})

t.test('a build that cannot be loaded is a reason, with its folder and what to do', async t => {
  const folder = brokenBuild(join(t.testdir({}), 'cpu-2.20.0-linux-x64'), 'cpu')
  const probed = probe({ folder, cuda: false }, process.env)
  t.match(probed, { refused: /cpu-2\.20\.0-linux-x64 cannot be used \(Error: .*\): build it again on this machine$/ })
})

t.test('builds that cannot be loaded lead on to WASM', async t => {
  const root = t.testdir({})
  brokenBuild(join(root, 'cuda-2.21.0-linux-x64'), 'cuda')
  brokenBuild(join(root, 'cpu-2.20.0-linux-x64'), 'cpu')
  const { backend, attempts } = await selectBackend({ want: 'auto', nativeFolder: root, threads: 2 })
  t.equal(backend, 'wasm')
  t.match(attempts[0]?.reason, /^\S*cuda-2\.21\.0\S* cannot be used \([^;]*$/)
  t.match(attempts[1]?.reason, /cpu-2\.20\.0.*; .*cuda-2\.21\.0/, 'on the CPU, the small build is tried before the one for CUDA')
})

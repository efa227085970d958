import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { findBuilds } from '../../src/backend/native-builds.ts'
import { VERSION, workbench, writeTool, type Workbench } from './workbench.ts'

const MAIN = fileURLToPath(new URL('../../src/provision/main.js', import.meta.url))
const NAME = `cpu-${VERSION}-linux-${process.arch}`
const CUDA_NAME = `cuda-${VERSION}-linux-${process.arch}`

interface Run { readonly child: ChildProcess, readonly shown: () => string, readonly ended: Promise<unknown[]> }

/** The command line, in a process of its own. */
function start (t: Test, { builds, env }: Workbench, args: readonly string[], more: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [MAIN, '--dir', builds, ...args], { env: { ...env, ...more } })
  t.teardown(() => { child.kill('SIGKILL') })
  let shown = ''
  child.stderr.on('data', (chunk: Buffer) => { shown += chunk.toString() })
  child.stdout.on('data', (chunk: Buffer) => { shown += chunk.toString() })
  return { child, shown: () => shown, ended: once(child, 'close') }
}

interface Result { readonly status: unknown, readonly shown: string }

async function run (t: Test, bench: Workbench, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Result> {
  const { shown, ended } = start(t, bench, args, more)
  const [status] = await ended
  return { status, shown: shown() }
}

/** Waits until something is the case; the test's own time limit ends what never is. */
async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(20)
}

const BUILD = ['--tf', VERSION]

t.test('the last line of output is the folder of the build, and the second run is quick', async t => {
  const bench = workbench(t)
  const first = await run(t, bench, BUILD)
  t.match(first, { status: 0, shown: new RegExp(`\\n${join(bench.builds, NAME)}\\n$`) })
  t.match(await run(t, bench, BUILD), { status: 0, shown: /is there already[^]*\n\S+\n$/ })
  t.equal(bench.asked().length, 1)
})

t.test('a failure is told in two sentences, without a stack, and the status is 1', async t => {
  const bench = workbench(t)
  t.match(await run(t, bench, ['--fast']), { status: 1, shown: /^\nUnknown option '--fast'\. The flags are: --cuda, .*\nRemove the flag.*\n$/ })
  const failed = await run(t, bench, BUILD, { CXX: 'nothing' })
  t.match(failed, { status: 1, shown: /\n\nThere is no C\+\+ compiler \(tried: CXX=nothing\)\. Run: .*\nInstall one.*\n$/ })
  t.notMatch(failed.shown, / at .*\.js/)
})

t.test('the help names every command and ends well', async t => {
  t.match(await run(t, workbench(t), ['--help']), { status: 0, shown: /npm run native:cuda[^]*--status[^]*--check/ })
})

/** Each place a run can be killed at, and how one sees that it got there. */
const PLACES: ReadonlyArray<readonly [string, NodeJS.ProcessEnv, (bench: Workbench) => boolean]> = [
  ['in the middle of a download', { FAKE_PIP_HANG: 'nvidia-cudnn-cu12' }, bench => bench.asked().length === 3],
  ['while the compiler works', { FAKE_CXX_HANG: '1' }, bench => existsSync(join(workOf(bench), 'binding', 'tfjs_backend.cc'))],
  ['while libraries are stripped', { FAKE_STRIP_HANG: '1' }, bench => existsSync(join(workOf(bench), 'build', 'nvidia', 'cudnn'))],
  ['while the build is tried', { FAKE_TRIAL_HANG: '1' }, bench => readIfThere(join(workOf(bench), 'build', 'tensorflow', 'libtensorflow_framework.so.2')).includes('stripped')]
]

const workOf = ({ builds }: Workbench): string => join(builds, readdirSync(builds).find(name => name.startsWith('.work-')) ?? 'none')
const readIfThere = (file: string): string => existsSync(file) ? readFileSync(file, 'utf8') : ''

/** Whether there is such a process; one that has ended may wait a while for somebody to be told. */
const isRunning = (pid: number): boolean => /^\d+ \(.*\) [^ZX]/s.test(readIfThere(`/proc/${pid}/stat`))

for (const [place, env, isReached] of PLACES) {
  t.test(`a run that is killed ${place} leaves no build, and the next one goes on with its downloads`, async t => {
    const bench = workbench(t)
    const killed = start(t, bench, ['--cuda', ...BUILD], env)
    await until(() => isReached(bench))
    killed.child.kill('SIGKILL')
    await killed.ended
    t.same(findBuilds(bench.builds), [])
    const before = bench.asked().length
    t.ok(bench.left().includes('downloads'))
    const { status, shown } = await run(t, bench, ['--cuda', ...BUILD])
    t.match({ status, shown }, { status: 0, shown: /TensorFlow {2}\S+ \S+, downloaded before/ })
    t.equal(bench.asked().length - before, 3 - Math.min(before, 3) + (place.includes('download') ? 1 : 0), 'only what was lacking is downloaded')
    t.same(bench.left(), [CUDA_NAME], 'and what it left is gone')
  })
}

t.test('a run that is asked to stop does so with the right status, and takes its tools along', async t => {
  const bench = workbench(t)
  // A shim, such as pyenv's, waits for the tool that it calls.
  writeTool(join(bench.bin, 'shim'), '"$@"; exit $?')
  const stopped = start(t, bench, BUILD, { FAKE_CXX_HANG: '1', CXX: `shim ${join(bench.bin, 'g++')}` })
  const tool = (): number => Number(readIfThere(join(bench.index, 'pid')))
  await until(() => tool() > 0)
  stopped.child.kill('SIGTERM')
  t.same(await stopped.ended, [143, null])
  t.match(stopped.shown(), /\nStopped by SIGTERM\. Run it again to go on; finished downloads are kept\.\n$/)
  t.same(bench.left(), ['downloads'])
  await until(() => !isRunning(tool()))
})

t.test('a second run at the same time is told who is at work, and harms nothing', async t => {
  const bench = workbench(t)
  const first = start(t, bench, BUILD, { FAKE_CXX_HANG: '1' })
  await until(() => existsSync(join(workOf(bench), 'binding', 'tfjs_backend.cc')))
  t.match(await run(t, bench, ['--cuda', ...BUILD]), { status: 1, shown: new RegExp(`Process ${first.child.pid} on .* is making a build in`) })
  t.ok(existsSync(workOf(bench)))
  first.child.kill('SIGKILL')
  await first.ended
  t.match(await run(t, bench, BUILD), { status: 0 })
})

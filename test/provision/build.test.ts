import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findBuilds } from '../../src/backend/native-builds.ts'
import { readManifest } from '../../src/provision/manifest.ts'
import { make, TENSORFLOW, VERSION, workbench, writeTool } from './workbench.ts'
import { zipOf } from './zip-writer.ts'

const NAME = `cpu-${VERSION}-linux-${process.arch}`
const CUDA_NAME = `cuda-${VERSION}-linux-${process.arch}`
const files = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort()

t.test('a build is made: the addon, two libraries, a licence and a manifest of what it was made of', async t => {
  const bench = workbench(t)
  const { folder, shown } = await make(bench)
  t.equal(folder, join(bench.builds, NAME))
  t.same(bench.left(), [NAME], 'nothing else is left')
  t.same(files(folder), [
    `licences/tensorflow-${VERSION}/LICENSE`, 'manifest.json', 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2', 'tfjs_binding.node'
  ])
  t.equal(readFileSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'utf8'), 'cc stripped')
  t.match(readManifest(folder), {
    variant: 'cpu',
    tensorflow: VERSION,
    tfjs: '4.22.0',
    wheel: { name: /^tensorflow/, version: VERSION, sha256: /^[0-9a-f]{64}$/ },
    cuda: [],
    compiler: 'CXX (fake) 1.0',
    glibc: '2.36',
    stripped: true,
    gpuSeen: false,
    madeAt: /^20/
  })
  t.same(findBuilds(bench.builds), [{ folder, cuda: false }], 'the server finds it')
  t.match(shown, /^TensorFlow 2\.99\.0 for the CPU, for .*\n\[1\/7\] Look for the tools {2}glibc 2\.36, CXX \(fake\) 1\.0, pip 24\.0, .* free {2}\d/)
  t.match(shown, /\[7\/7\] Finish .*\nReady: .*, made in [\d.]+ s\n$/)
})

t.test('the addon is compiled for any Node, against the libraries beside it, from sources that threads can share', async t => {
  const { folder } = await make(workbench(t))
  const args = readFileSync(join(folder, 'tfjs_binding.node'), 'utf8').split(' ')
  for (const needed of ['-std=c++17', '-DNAPI_VERSION=8', '-l:libtensorflow_cc.so.2', '-Wl,-rpath,$ORIGIN/tensorflow', '-Wl,-z,nodelete', '-Wl,-z,now']) {
    t.ok(args.includes(needed), needed)
  }
})

t.test('with CUDA, the libraries TensorFlow names come along, where its own libraries look for them', async t => {
  const bench = workbench(t)
  const { folder, shown } = await make(bench, { variant: 'cuda' })
  t.same(files(join(folder, 'nvidia')), ['cublas/lib/libcublas.so.12', 'cudnn/lib/libcudnn.so.12'])
  t.match(readManifest(folder), {
    variant: 'cuda', wheel: { name: 'tensorflow' }, cuda: [{ name: 'nvidia-cublas-cu12', version: '12.9.1' }, { name: 'nvidia-cudnn-cu12', version: '9.5.0' }]
  })
  t.same(bench.asked(), ['tensorflow==2.99.0', 'nvidia-cublas-cu12<13.0,>=12.5', 'nvidia-cudnn-cu12<10.0,>=9.3'])
  t.match(shown, /GPU not seen/)
  t.same(bench.left(), [CUDA_NAME])
  t.same(findBuilds(bench.builds), [{ folder, cuda: true }])
})

t.test('the CUDA libraries can be those of the system', async t => {
  const bench = workbench(t)
  const { folder } = await make(bench, { variant: 'cuda', cudaLibraries: false })
  t.notOk(existsSync(join(folder, 'nvidia')))
  t.same(bench.asked(), ['tensorflow==2.99.0'])
})

t.test('from wheels that are given nothing is downloaded, and pip is not needed', async t => {
  const bench = workbench(t)
  rmSync(join(bench.bin, 'python3'))
  const wheels = ['tensorflow-', 'nvidia_cublas', 'nvidia_cudnn'].map(bench.wheel)
  await t.rejects(make(bench, { variant: 'cuda', wheels: wheels.slice(0, 2) }), { code: 'native_wheels_lacking', message: /nvidia-cudnn-cu12<10\.0,>=9\.3/ })
  await make(bench, { variant: 'cuda', wheels })
  t.same(bench.left(), [CUDA_NAME])
  t.ok(wheels.every(existsSync), 'the given files stay')
  t.same(bench.asked(), [])
})

t.test('what is there is not made again, unless that is asked for', async t => {
  const bench = workbench(t)
  const { folder } = await make(bench)
  writeFileSync(join(folder, 'mark'), '')
  const again = await make(bench)
  t.match(again, { folder, shown: /is there already \(--force/ })
  t.equal(bench.asked().length, 1)
  await make(bench, { force: true })
  t.notOk(existsSync(join(folder, 'mark')), 'it is a new one')
  t.same(bench.left(), [NAME])
})

t.test('a version that is already there does not stand in the way of another one', async t => {
  const bench = workbench(t)
  await make(bench)
  await make(bench, { variant: 'cuda' })
  t.same(bench.left(), [NAME, CUDA_NAME].sort())
})

t.test('libraries that cannot be stripped stay as they are', async t => {
  const bench = workbench(t)
  const { folder, shown } = await make(bench, {}, { FAKE_STRIP_SAYS: 'strip: no' })
  t.equal(readManifest(folder).stripped, false)
  t.match(shown, /strip is missing or failed/)
  rmSync(folder, { recursive: true })
  t.equal(readManifest((await make(bench, { strip: false })).folder).stripped, false)
})

interface Failure {
  readonly env?: NodeJS.ProcessEnv
  readonly lacking?: 'python3' | 'g++'
  readonly code: string
  readonly message: RegExp
  readonly remedy: RegExp
}

const FAILURES: Readonly<Record<string, Failure>> = {
  'there is no pip': { lacking: 'python3', code: 'native_pip_missing', message: /tried: python3 -m pip, .*Run: \S+/, remedy: /--wheel/ },
  'pip is too old': { env: { FAKE_PIP_VERSION: '9.0.1' }, code: 'native_pip_too_old', message: /python3 -m pip is pip 9\.0\.1; 20\.3 .*Run: python3 -m pip install --user --upgrade pip$/, remedy: /--wheel/ },
  'there is no compiler': { lacking: 'g++', code: 'native_compiler_missing', message: /tried: g\+\+, clang\+\+, c\+\+\)\. Run: \S+/, remedy: /CXX=/ },
  'the compiler that is named does not exist': { env: { CXX: 'no-such-compiler --fast' }, code: 'native_compiler_missing', message: /tried: CXX=no-such-compiler --fast/, remedy: /CXX=/ },
  'the compiler refuses the sources': {
    env: { FAKE_CXX_SAYS: 'In file included from x.cc:\nx.cc:7:3: error: expected \';\'\nmore\n' }, code: 'native_compile_failed', message: /with g\+\+: x\.cc:7:3: error: expected ';'\.$/, remedy: /C\+\+17/
  },
  'the network is gone': { env: { FAKE_PIP_SAYS: 'WARNING: Retrying (Retry(total=0)) after connection broken by \'[Errno 101] Network is unreachable\'\n' }, code: 'native_index_unreachable', message: /there is no network/, remedy: /--wheel/ },
  'the disk is full while pip downloads': { env: { FAKE_PIP_SAYS: 'ERROR: [Errno 28] No space left on device' }, code: 'native_no_space', message: /builds has .* free; about 2\.0 GB more/, remedy: /--dir/ },
  'the disk is full while the compiler writes': { env: { FAKE_CXX_SAYS: 'fatal error: error writing to x.s: No space left on device' }, code: 'native_no_space', message: /free; about/, remedy: /--dir/ },
  'the processor dies of an instruction it does not have': { env: { FAKE_TRIAL_SIGNAL: 'SIGILL' }, code: 'native_cpu_unsupported', message: /Some CPU/, remedy: /WASM/ },
  'the build crashes': { env: { FAKE_TRIAL_SIGNAL: 'SIGSEGV' }, code: 'native_probe_failed', message: /SIGSEGV/, remedy: /--no-strip/ },
  'the build computes wrongly': { env: { FAKE_TRIAL: '{"version":"2","gpu":false,"wrong":"matMul gave 1"}' }, code: 'native_probe_failed', message: /wrongly: matMul gave 1/, remedy: /--tf/ }
}

for (const [name, { env, lacking, code, message, remedy }] of Object.entries(FAILURES)) {
  t.test(`when ${name}, that is said with what mends it, and no build is left that the server would find`, async t => {
    const bench = workbench(t)
    if (lacking !== undefined) rmSync(join(bench.bin, lacking))
    await t.rejects(make(bench, {}, env), { code, message, remedy })
    t.same(findBuilds(bench.builds), [])
    t.same(bench.left().filter(left => left !== 'downloads'), [])
  })
}

t.test('a compiler may be a command with arguments', async t => {
  const bench = workbench(t)
  writeTool(join(bench.bin, 'wrap'), 'exec "$@"')
  await make(bench, {}, { CXX: `wrap ${join(bench.bin, 'g++')}` })
  t.same(bench.left(), [NAME])
})

t.test('a wheel that is not for this system, or lacks what is needed, is refused', async t => {
  const bench = workbench(t)
  const linux = bench.wheel('tensorflow-')
  const windows = join(bench.index, `tensorflow${process.arch === 'x64' ? '_cpu' : ''}-${VERSION}-cp311-cp311-win_amd64.whl`)
  writeFileSync(windows, readFileSync(linux))
  await t.rejects(make(bench, { wheels: [windows] }), { code: 'native_wheel_unfit', message: /it is for win_amd64, and this is Linux/ })
  const future = windows.replace('win_amd64', `manylinux_9_99_${process.arch === 'x64' ? 'x86_64' : 'aarch64'}`)
  writeFileSync(future, readFileSync(linux))
  await t.rejects(make(bench, { wheels: [future] }), { code: 'native_glibc_too_old', message: /2\.99\.0 needs glibc 9\.99/ })
  const empty = future.replace('9_99', '2_17')
  writeFileSync(empty, zipOf(TENSORFLOW.slice(1)))
  await t.rejects(make(bench, { wheels: [empty] }), { code: 'native_wheel_unreadable', message: /it lacks tensorflow\/libtensorflow_cc\.so\.2/ })
  t.same(bench.left(), [])
})

t.test('a run that failed goes on with what it downloaded', async t => {
  const bench = workbench(t)
  await t.rejects(make(bench, {}, { FAKE_CXX_SAYS: 'error' }), { code: 'native_compile_failed' })
  t.same(bench.left(), ['downloads'])
  const { shown } = await make(bench)
  t.match(shown, /downloaded before/)
  t.equal(bench.asked().length, 1)
  t.same(bench.left(), [NAME])
})

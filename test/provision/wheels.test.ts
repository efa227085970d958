import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import fc from 'fast-check'
import { Downloads } from '../../src/provision/downloads.ts'
import { GivenWheels, targetFor } from '../../src/provision/given-wheels.ts'
import { knownSha256, knownSha256For } from '../../src/provision/known-wheels.ts'
import { cudaRequirements, requirementText, satisfies } from '../../src/provision/requirement.ts'
import { buildNameOf, requirementOf } from '../../src/provision/target.ts'
import { glibcOf, parseWheelName, readWheel } from '../../src/provision/wheel.ts'

const KNOWN = 'tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'
const OTHER = 'tensorflow_cpu-2.99.0-cp311-cp311-manylinux_2_17_x86_64.whl'

t.test('the name of a wheel says what it is', async t => {
  t.same(parseWheelName(`/downloads/${KNOWN}`), { distribution: 'tensorflow-cpu', version: '2.20.0', platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'] })
  t.same(parseWheelName('nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl')?.distribution, 'nvidia-cublas-cu12')
  for (const name of ['tensorflow.tar.gz', 'tensorflow-2.20.0.whl', 'x.whl']) t.equal(parseWheelName(name), undefined, name)
})

t.test('whatever name and version a wheel has, they are read from its name', async () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
  const version = fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }).map(numbers => numbers.join('.'))
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), version, fc.option(fc.nat(9)), (parts, number, build) => {
    const name = parseWheelName(`${parts.join('_')}-${number}${build === null ? '' : `-${build}`}-py3-none-any.whl`)
    return name?.distribution === parts.join('-') && name.version === number && name.platforms[0] === 'any'
  }))
})

t.test('a wheel says which glibc it needs, on its own processor only', async t => {
  const of = (file: string, machine: string): string | undefined => glibcOf(parseWheelName(file) as never, machine)
  t.equal(of(KNOWN, 'x86_64'), '2.17')
  t.equal(of('tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl', 'aarch64'), '2.27')
  t.equal(of('nvidia_nccl_cu12-2.1-py3-none-manylinux1_x86_64.whl', 'x86_64'), '2.5')
  t.equal(of(KNOWN, 'aarch64'), undefined)
  t.equal(of('tensorflow-2.20.0-cp311-cp311-win_amd64.whl', 'x86_64'), undefined)
  t.equal(of('tensorflow-2.20.0-cp311-cp311-musllinux_1_2_x86_64.whl', 'x86_64'), undefined)
})

t.test('versions are compared as numbers', async t => {
  const will = (version: string, specifier: string): boolean => satisfies(version, { distribution: 'x', specifier })
  t.ok(will('12.10.1', '<13.0,>=12.5.3.2'))
  t.notOk(will('12.4.99', '<13.0,>=12.5.3.2'))
  t.notOk(will('13.0.0', '<13.0,>=12.5.3.2'))
  t.ok(will('2.20', '==2.20.0'))
  t.ok(will('1', ''))
  t.notOk(will('1', '~=1.0'), 'an operator that is not known is not taken for granted')
  const version = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 })
  const padded = (numbers: number[]): string => [...numbers, 0, 0, 0, 0].slice(0, 4).map(number => String(number).padStart(3, '0')).join('.')
  fc.assert(fc.property(version, version, (a, b) => will(a.join('.'), `<${b.join('.')}`) === (padded(a) < padded(b))))
})

t.test('a wheel of TensorFlow names its CUDA libraries, in either spelling', async t => {
  const metadata = [
    'Requires-Dist: nvidia-other; extra == "else"', 'Requires-Dist: numpy>=1.26.0', 'Provides-Extra: and-cuda',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"', 'Requires-Dist: nvidia-nccl-cu12 (==2.23.4) ; extra == \'and-cuda\'', ''
  ].join('\n')
  t.same(cudaRequirements(metadata).map(requirementText), ['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-nccl-cu12==2.23.4'])
})

t.test('every machine gets its own package of TensorFlow', async t => {
  const names = (['cpu', 'cuda'] as const).flatMap(variant => ['x64', 'arm64'].map(arch => requirementText(requirementOf({ variant, arch, tensorflow: '2.20.0' }))))
  t.same(names, ['tensorflow-cpu==2.20.0', 'tensorflow==2.20.0', 'tensorflow==2.20.0', 'tensorflow==2.20.0'])
  t.equal(buildNameOf({ variant: 'cuda', arch: 'x64', tensorflow: '2.21.0' }), 'cuda-2.21.0-linux-x64')
})

t.test('the usual versions are known by their bytes', async t => {
  for (const tensorflow of ['2.18.1', '2.19.1', '2.20.0', '2.21.0']) {
    for (const variant of ['cpu', 'cuda'] as const) {
      t.match(knownSha256For(requirementOf({ variant, arch: 'x64', tensorflow }), 'x86_64'), /^[0-9a-f]{64}$/, `${variant} ${tensorflow}`)
    }
  }
  t.match(knownSha256For({ distribution: 'tensorflow', specifier: '==2.20.0' }, 'aarch64'), /^3e9568/)
  t.match(knownSha256For({ distribution: 'tensorflow', specifier: '==2.20.0' }, 'x86_64'), /^481499/, 'tensorflow is not tensorflow_cpu')
  t.equal(knownSha256For({ distribution: 'tensorflow', specifier: '==2.9.1' }, 'x86_64'), undefined)
  t.equal(knownSha256(KNOWN), 'cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780')
})

t.test('a file is hashed as it is', async t => {
  const file = join(t.testdir({ [OTHER]: 'bytes' }), OTHER)
  t.match(await readWheel(file), { file, bytes: 5, version: '2.99.0', sha256: createHash('sha256').update('bytes').digest('hex') })
  await t.rejects(readWheel(join(file, '..', 'tensorflow.zip')), { code: 'native_wheel_unfit' })
  await t.rejects(readWheel(file.replace('2.99.0', '2.98.0')), { code: 'native_wheel_unreadable', message: /ENOENT/ })
})

t.test('a wheel that bears the name of a published one and has other bytes is refused, with both hashes', async t => {
  const folder = t.testdir({ [KNOWN]: 'not TensorFlow', builds: {} })
  const file = join(folder, KNOWN)
  const requirement = { distribution: 'tensorflow-cpu', specifier: '==2.20.0' }
  const refusal = { code: 'native_wheel_altered', message: /sha256 [0-9a-f]{64}, not cf756bbe/, remedy: /download it again/ }
  await t.rejects(new GivenWheels([file]).get(requirement), refusal)
  await t.rejects(new Downloads(join(folder, 'builds'), 'x86_64').keep(file, requirement), refusal)
})

t.test('given wheels are found by name and version, and all that are lacking are named at once', async t => {
  const folder = t.testdir({ [OTHER]: 'bytes', 'nvidia_nccl_cu12-2.21.5-py3-none-manylinux2014_x86_64.whl': '' })
  const wheels = new GivenWheels([OTHER, 'nvidia_nccl_cu12-2.21.5-py3-none-manylinux2014_x86_64.whl'].map(name => join(folder, name)))
  t.equal((await wheels.get({ distribution: 'tensorflow-cpu', specifier: '==2.99.0' })).file, join(folder, OTHER))
  const needed = [['nvidia-cublas-cu12', '<13.0'], ['nvidia-nccl-cu12', '>=2.25'], ['nvidia-nccl-cu12', '<3.0']] as const
  t.throws(() => { wheels.require(needed.map(([distribution, specifier]) => ({ distribution, specifier }))) }, {
    code: 'native_wheels_lacking', message: /lacking: nvidia-cublas-cu12<13\.0, nvidia-nccl-cu12>=2\.25\.$/, remedy: /--no-cuda-libs/
  })
})

t.test('a given wheel of TensorFlow says what is built', async t => {
  t.equal(targetFor([], undefined, 'cpu', 'x64').tensorflow, '2.20.0')
  t.equal(targetFor([], '2.21.0', 'cpu', 'x64').tensorflow, '2.21.0')
  t.same(targetFor([`/x/${OTHER}`], undefined, 'cpu', 'x64'), { variant: 'cpu', arch: 'x64', tensorflow: '2.99.0' })
  t.throws(() => targetFor([OTHER], '2.20.0', 'cpu', 'x64'), { code: 'native_wheel_unfit', message: /2\.99\.0, and --tf asks for 2\.20\.0/ })
  t.throws(() => targetFor([OTHER], undefined, 'cuda', 'x64'), { code: 'native_wheel_unfit', message: /tensorflow-cpu is not what a build with CUDA/ })
  t.throws(() => targetFor(['/x/tensorflow.zip'], undefined, 'cpu', 'x64'), { code: 'native_wheel_unfit', message: /not that of a wheel/ })
})

t.test('a download is kept for what it was needed for, and only as long as its bytes stay the same', async t => {
  const folder = t.testdir({ builds: {}, [OTHER]: 'bytes' })
  const requirement = { distribution: 'tensorflow-cpu', specifier: '==2.99.0' }
  const downloads = new Downloads(join(folder, 'builds'), 'x86_64')
  t.same(downloads.summary(), { wheels: 0, bytes: 0 })
  const kept = await downloads.keep(join(folder, OTHER), requirement)
  t.notOk(existsSync(join(folder, OTHER)), 'it is moved, not copied')
  t.same(downloads.summary(), { wheels: 1, bytes: 5 })
  t.same(await downloads.find(requirement), kept)
  t.equal(await downloads.find({ ...requirement, specifier: '==2.98.0' }), undefined)
  t.equal(await new Downloads(join(folder, 'builds'), 'aarch64').find(requirement), undefined)
  writeFileSync(kept.file, 'other bytes')
  t.equal(await downloads.find(requirement), undefined)
  t.notOk(existsSync(kept.file), 'what is damaged goes')
})

t.test('downloads are forgotten with the build they were for, those of others are not', async t => {
  const folder = t.testdir({ builds: {}, [OTHER]: 'a', 'b-1-py3-none-any.whl': 'b' })
  const downloads = new Downloads(join(folder, 'builds'), 'x86_64')
  const first = await downloads.keep(join(folder, OTHER), { distribution: 'a', specifier: '' })
  const second = await downloads.keep(join(folder, 'b-1-py3-none-any.whl'), { distribution: 'b', specifier: '' })
  downloads.release([first])
  t.notOk(existsSync(first.file))
  t.equal(readFileSync(second.file, 'utf8'), 'b')
  downloads.release([second])
  t.notOk(existsSync(join(folder, 'builds', 'downloads')))
})

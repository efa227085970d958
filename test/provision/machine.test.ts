import t from 'tap'
import { installCommand, type Tool } from '../../src/provision/install-command.ts'
import { requireMachine, thisMachine, type Machine } from '../../src/provision/machine.ts'
import { bytesText, freeBytes, requireRoom, roomFor } from '../../src/provision/space.ts'
import type { Target } from '../../src/provision/target.ts'

const AVX = 'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse4_2 avx avx2\n'
const LINUX: Machine = { platform: 'linux', arch: 'x64', glibc: '2.36', cpuinfo: AVX }
const CPU: Target = { variant: 'cpu', tensorflow: '2.20.0', arch: 'x64' }

interface Refusal {
  readonly machine: Partial<Machine>
  readonly target?: Partial<Target>
  readonly code: string
  readonly message: RegExp
  readonly remedy: RegExp
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  macOS: { machine: { platform: 'darwin', arch: 'arm64', glibc: undefined }, code: 'native_system_unsupported', message: /darwin arm64/, remedy: /WASM/ },
  Windows: { machine: { platform: 'win32', glibc: undefined }, code: 'native_system_unsupported', message: /win32 x64/, remedy: /WASM/ },
  'Linux with musl': { machine: { glibc: undefined }, code: 'native_system_unsupported', message: /musl/, remedy: /WASM/ },
  'an unknown processor': { machine: { arch: 'riscv64' }, code: 'native_system_unsupported', message: /riscv64.*not published/, remedy: /WASM/ },
  'CUDA on ARM64': { machine: { arch: 'arm64' }, target: { variant: 'cuda', arch: 'arm64' }, code: 'native_cuda_unsupported', message: /linux arm64/, remedy: /npm run native:/ },
  'an old glibc': { machine: { glibc: '2.12' }, code: 'native_glibc_too_old', message: /needs glibc 2\.17.*has 2\.12/, remedy: /--tf 2\.20\.0/ },
  'a glibc too old for a new TensorFlow': {
    machine: { glibc: '2.26' }, target: { tensorflow: '2.21.0' }, code: 'native_glibc_too_old', message: /2\.21\.0 needs glibc 2\.27.*has 2\.26/, remedy: /--tf 2\.20\.0/
  },
  'a processor without AVX': {
    machine: { cpuinfo: AVX.replace(' avx avx2', ' avxy') }, code: 'native_cpu_unsupported', message: /Some CPU.*no AVX/, remedy: /WASM/
  }
}

for (const [name, { machine, target, code, message, remedy }] of Object.entries(REFUSALS)) {
  t.test(`${name} is refused before anything is downloaded, with what to do`, async t => {
    t.throws(() => { requireMachine({ ...LINUX, ...machine }, { ...CPU, ...target }) }, { code, message, remedy })
  })
}

t.test('Linux with glibc will do: with AVX, where nothing is known of the processor, and on ARM64', async () => {
  requireMachine(LINUX, CPU)
  requireMachine(LINUX, { ...CPU, variant: 'cuda' })
  requireMachine({ ...LINUX, cpuinfo: '' }, CPU)
  requireMachine({ ...LINUX, arch: 'arm64', cpuinfo: 'Features\t: fp asimd\n' }, { ...CPU, arch: 'arm64' })
  requireMachine({ ...LINUX, glibc: '2.17' }, CPU)
  requireMachine({ ...LINUX, glibc: '2.26' }, { ...CPU, tensorflow: '2.9.1' })
})

t.test('this machine is what Node says it is', async t => {
  t.match(thisMachine(), { platform: process.platform, arch: process.arch })
})

t.test('a build is refused where it has no room, with the folder, what is free and what is needed', async t => {
  const folder = t.testdir({})
  t.throws(() => { requireRoom(folder, 2 ** 60) }, { code: 'native_no_space', message: /has [\d.]+ [MG]B free; about 1152921504\.6 GB/, remedy: /--dir/ })
  requireRoom(folder, 1)
  t.ok(freeBytes(folder) > 1)
})

t.test('what is downloaded already, or was given, needs no room', async t => {
  const cuda: Target = { ...CPU, variant: 'cuda' }
  t.ok(roomFor(cuda, true, 0) > roomFor(cuda, false, 0))
  t.ok(roomFor(cuda, false, 0) > roomFor(CPU, true, 0))
  t.equal(roomFor(CPU, true, 0) - roomFor(CPU, true, 1e8), 1e8)
  t.equal(roomFor(CPU, true, 1e12), roomFor(CPU, true, 'all'))
})

t.test('sizes are written as people read them', async t => {
  t.same([1, 999_999, 1e6, 258_876_263, 1e9].map(bytesText), ['1 kB', '1000 kB', '1.0 MB', '258.9 MB', '1.0 GB'])
})

t.test('the command that brings a missing tool is that of the system', async t => {
  const cases: ReadonlyArray<readonly [string, Tool, boolean, string]> = [
    ['ID=debian\n', 'compiler', true, 'apt-get install -y g++'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'pip', false, 'sudo apt-get install -y python3-pip'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'compiler', false, 'sudo dnf install -y gcc-c++'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'compiler', true, 'zypper install -y gcc-c++'],
    ['ID=arch\n', 'pip', true, 'pacman -S --needed python-pip'],
    ['ID=nixos\n', 'pip', false, 'python3 -m ensurepip --user'],
    ['', 'compiler', true, 'python3 -m pip install --user ziglang (then CXX="python3 -m ziglang c++")']
  ]
  for (const [release, tool, root, expected] of cases) t.equal(installCommand(tool, release, root), expected)
})

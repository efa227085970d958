/** A place where builds are made with tools and wheels that are not real: in fractions of a second, without a network. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { provideBuild } from '../../src/provision/build.ts'
import type { Order } from '../../src/provision/order.ts'
import { machineOf } from '../../src/provision/target.ts'
import { zipOf, type Member } from './zip-writer.ts'

export const VERSION = '2.99.0'
const MACHINE = machineOf(process.arch) ?? 'x86_64'

const METADATA = `Metadata-Version: 2.1
Requires-Dist: numpy>=1.26.0
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"
Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3; extra == "and-cuda"
`

/** What is in a wheel of TensorFlow, as far as it matters. */
export const TENSORFLOW: readonly Member[] = [
  { name: 'tensorflow/libtensorflow_cc.so.2', data: 'cc' },
  { name: 'tensorflow/libtensorflow_framework.so.2', data: 'framework' },
  { name: 'tensorflow/include/tensorflow/c/c_api.h', data: '' },
  { name: 'tensorflow/python/large.py', data: 'x'.repeat(10_000) },
  { name: `tensorflow-${VERSION}.dist-info/METADATA`, data: METADATA },
  { name: `tensorflow-${VERSION}.dist-info/LICENSE`, data: 'Apache-2.0' }
]

const cudaWheel = (name: string, version: string): [string, readonly Member[]] => [`nvidia_${name}_cu12-${version}-py3-none-manylinux_2_27_${MACHINE}.whl`, [
  { name: `nvidia/${name}/lib/lib${name}.so.12`, data: name, mode: 0o755 },
  { name: `nvidia/${name}/include/${name}.h`, data: '' }
]]

const tensorflowWheel = (distribution: string): string => `${distribution}-${VERSION}-cp311-cp311-manylinux_2_17_${MACHINE}.whl`

const WHEELS: ReadonlyArray<[string, readonly Member[]]> = [
  [tensorflowWheel('tensorflow_cpu'), TENSORFLOW], [tensorflowWheel('tensorflow'), TENSORFLOW],
  cudaWheel('cublas', '12.9.1'), cudaWheel('cudnn', '9.5.0')
]

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** FAKE_<TOOL>_SAYS lets a tool fail with that text; FAKE_<TOOL>_HANG lets it run as long as its parent does. */
const play = (tool: string, work: string): string => `
  if [ "$1" = --version ]; then echo "${tool} (fake) 1.0"; echo more; exit; fi
  if [ -n "$FAKE_${tool}_HANG" ]; then echo $$ > "$FAKE_INDEX/pid"; while kill -0 $PPID 2> /dev/null; do /bin/sleep 0.02; done; fi
  if [ -n "$FAKE_${tool}_SAYS" ]; then echo "$FAKE_${tool}_SAYS" >&2; exit 1; fi
  ${work}`

const TOOLS: Readonly<Record<string, string>> = {
  python3: `
    if [ "$3" = --version ]; then echo "pip \${FAKE_PIP_VERSION:-24.0} from /nowhere (python 3.11)"; exit; fi
    exec '${process.execPath}' '${here('fake-pip.js')}' "$@"`,
  // What it is called with becomes the addon.
  'g++': play('CXX', 'all="$*"; while [ "$1" != -o ]; do shift; done; echo "$all" > "$2"'),
  strip: play('STRIP', 'printf " stripped" >> "$2"')
}

/** What the trial of a build answers, in its own process: FAKE_TRIAL, or a death. */
const TRIAL = `
  if (/trial\\.js$/.test(process.argv[1] ?? '')) {
    const { FAKE_TRIAL, FAKE_TRIAL_SIGNAL, FAKE_TRIAL_HANG } = process.env
    if (FAKE_TRIAL_SIGNAL) process.kill(process.pid, FAKE_TRIAL_SIGNAL)
    if (FAKE_TRIAL_HANG) {
      const parent = process.ppid
      while (process.ppid === parent) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
    process.stdout.write('\\n' + (FAKE_TRIAL ?? '{"version":"${VERSION}","gpu":false}'))
    process.exit(0)
  }`

export interface Workbench {
  /** Folder of builds. */
  readonly builds: string
  readonly index: string
  readonly bin: string
  readonly env: NodeJS.ProcessEnv
  /** What pip was asked for. */
  asked (): string[]
  /** What lies in the folder of builds. */
  left (): string[]
  /** A wheel of the index. */
  wheel (start: string): string
}

export function workbench (t: Test): Workbench {
  const folder = t.testdir({ builds: {}, index: {}, bin: {} })
  const [builds, index, bin, preload] = ['builds', 'index', 'bin', 'trial.cjs'].map(name => join(folder, name)) as [string, string, string, string]
  for (const [name, members] of WHEELS) writeFileSync(join(index, name), zipOf(members))
  for (const [name, script] of Object.entries(TOOLS)) writeTool(join(bin, name), script)
  writeFileSync(preload, TRIAL)
  writeFileSync(join(index, 'asked'), '')
  return {
    builds,
    index,
    bin,
    env: { PATH: bin, HOME: folder, FAKE_INDEX: index, NODE_OPTIONS: `--require ${preload}` },
    asked: () => readFileSync(join(index, 'asked'), 'utf8').split('\n').filter(line => line !== ''),
    left: () => readdirSync(builds).sort(),
    wheel: start => join(index, readdirSync(index).find(name => name.startsWith(start)) ?? '')
  }
}

/** A program for the PATH, written for the shell. */
export function writeTool (file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

type Wish = Partial<Order> & { readonly variant?: 'cpu' | 'cuda' }

interface Made { readonly folder: string, readonly shown: string }

/** Makes a build, as the command line does. */
export async function make ({ builds, env }: Workbench, order: Wish = {}, more: NodeJS.ProcessEnv = {}): Promise<Made> {
  const { variant = 'cpu', ...rest } = order
  let shown = ''
  mkdirSync(builds, { recursive: true })
  const target = { variant, tensorflow: VERSION, arch: process.arch }
  const usual = { target, folder: builds, wheels: [], cudaLibraries: true, strip: true, force: false }
  const machine = { platform: 'linux', arch: process.arch, glibc: '2.36', cpuinfo: 'model name\t: Some CPU\nflags\t: avx\n' }
  const screen = { write: (text: string) => { shown += text } }
  const { signal } = new AbortController()
  const folder = await provideBuild({ ...usual, ...rest }, { env: { ...env, ...more }, machine, screen, signal })
  return { folder, shown }
}

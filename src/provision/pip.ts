/** pip: the one that downloads, since it knows the proxies, mirrors and certificates of the machine. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '../errors.ts'
import { installCommandHere } from './install-command.ts'
import { pipProblem } from './pip-problem.ts'
import { requirementText, type Requirement } from './requirement.ts'
import { runTool, type Command } from './run-tool.ts'
import { byVersion } from './wheel.ts'

export interface Pip { readonly command: Command, readonly version: string }

const CANDIDATES: readonly Command[] = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']]
/** The first that knows platforms by their glibc. */
const OLDEST = '20.3'

/** Throws `native_pip_missing` and `native_pip_too_old`. */
export async function findPip (env: NodeJS.ProcessEnv): Promise<Pip> {
  let old: Pip | undefined
  for (const command of CANDIDATES) {
    const { status, stdout } = await runTool(command, ['--version'], { env })
    const [, version] = /^pip (\d+(?:\.\d+)*)/.exec(stdout) ?? []
    if (status !== 0 || version === undefined) continue
    if (byVersion(version, OLDEST) >= 0) return { command, version }
    old ??= { command, version }
  }
  if (old === undefined) throw problem('native_pip_missing', { tried: CANDIDATES.map(command => command.join(' ')).join(', '), command: installCommandHere('pip') })
  const pip = old.command.join(' ')
  throw problem('native_pip_too_old', { pip, found: old.version, needed: OLDEST, command: `${pip} install --user --upgrade pip` })
}

export interface Download {
  readonly requirement: Requirement
  readonly sha256: string | undefined
  /** As wheels call the processor. */
  readonly machine: string
  /** An empty folder for the wheel and pip's own files. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Is told how many bytes have come, and the size of the file once pip says it. */
  readonly onBytes: (done: number, total: number | undefined) => void
}

const WATCH_MS = 250

/** Downloads one wheel and gives its path. pip compares it with the hash of the index, and with `sha256` if that is known. */
export async function download (pip: Pip, request: Download): Promise<string> {
  const [scratch, wheels, list] = ['scratch', 'wheels', 'requirements.txt'].map(name => join(request.folder, name)) as [string, string, string]
  for (const folder of [scratch, wheels]) mkdirSync(folder, { recursive: true })
  writeFileSync(list, `${requirementText(request.requirement)}${request.sha256 === undefined ? '' : ` --hash=sha256:${request.sha256}`}\n`)
  let [done, total] = [0, undefined as number | undefined]
  // pip removes its file when it has made a copy of it.
  const watch = setInterval(() => { request.onBytes(done = Math.max(done, wheelBytes(scratch)), total) }, WATCH_MS)
  const env = { ...request.env, TMPDIR: scratch, PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0', PYTHONUNBUFFERED: '1' }
  const args = ['download', ...pipArguments(pip, request.machine), '--dest', wheels, '--requirement', list]
  try {
    const outcome = await runTool(pip.command, args, { env, signal: request.signal, onLine: line => { total = sizeIn(line) ?? total } })
    const [wheel] = readdirSync(wheels)
    if (outcome.status === 0 && wheel !== undefined) return join(wheels, wheel)
    throw pipProblem(request.requirement, outcome, `linux ${request.machine}`)
  } finally {
    clearInterval(watch)
  }
}

/** Any Python will do: what kind of wheel is wanted is said here, and nothing of it is ever run by Python. */
function pipArguments ({ version }: Pip, machine: string): string[] {
  const glibcs = ['_2_28', '_2_27', '_2_17', '2014', '_2_12', '2010', '_2_5', '1']
  return [
    '--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.11', '--no-cache-dir', '--progress-bar', 'off',
    ...glibcs.flatMap(glibc => ['--platform', `manylinux${glibc}_${machine}`]),
    ...byVersion(version, '25.1') < 0 ? [] : ['--resume-retries', '10']
  ]
}

const UNITS: Readonly<Record<string, number>> = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/** `  Downloading tensorflow_cpu-….whl (258.9 MB)` */
function sizeIn (line: string): number | undefined {
  const [, number, unit = ''] = /^\s*Downloading \S+\.whl(?:\.metadata)? \(([\d.]+) (\w+)\)/.exec(line) ?? []
  return number === undefined || line.includes('.metadata') ? undefined : Number(number) * (UNITS[unit] ?? 1)
}

function wheelBytes (folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.whl'))
    .map(name => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
  return Math.max(0, ...sizes)
}

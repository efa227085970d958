/** Whether TensorFlow's wheels can run on a machine at all: asked before anything is downloaded. */
import { readFileSync } from 'node:fs'
import { problem } from '../errors.ts'
import { machineOf, type Target } from './target.ts'
import { byVersion } from './wheel.ts'

/** What decides. */
export interface Machine {
  readonly platform: string
  readonly arch: string
  /** Undefined under another C library, such as musl. */
  readonly glibc: string | undefined
  /** The text of /proc/cpuinfo; empty where there is none. */
  readonly cpuinfo: string
}

export function thisMachine (): Machine {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime, cpuinfo: process.platform === 'linux' ? cpuinfo() : '' }
}

function cpuinfo (): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    // Some sandboxes have none: then the probe of the build tells.
    return ''
  }
}

/** From 2.21 on, wheels are made for glibc 2.27. */
const glibcFor = (tensorflow: string): string => byVersion(tensorflow, '2.21') < 0 ? '2.17' : '2.27'

/** Refuses a machine that could not run the build. Throws `native_…_unsupported` and `native_glibc_too_old`. */
export function requireMachine (machine: Machine, { variant, tensorflow }: Target): void {
  const { platform, arch, glibc, cpuinfo } = machine
  const system = `${platform} ${arch}`
  if (platform !== 'linux') throw problem('native_system_unsupported', { system, reason: 'there is no recipe for TensorFlow\'s libraries of that system' })
  if (machineOf(arch) === undefined) throw problem('native_system_unsupported', { system, reason: 'TensorFlow is not published for that processor' })
  if (glibc === undefined) throw problem('native_system_unsupported', { system, reason: 'TensorFlow is published for glibc, and its C library is another (musl?)' })
  if (variant === 'cuda' && arch !== 'x64') throw problem('native_cuda_unsupported', { system })
  requireGlibc(glibc, glibcFor(tensorflow), tensorflow)
  if (arch === 'x64') requireAvx(cpuinfo)
}

/** Refuses a glibc older than the one needed. */
export function requireGlibc (found: string, needed: string, version: string): void {
  if (byVersion(found, needed) < 0) throw problem('native_glibc_too_old', { version, needed, found })
}

function requireAvx (cpuinfo: string): void {
  const [, flags] = /^flags\s*:(.*)$/m.exec(cpuinfo) ?? []
  if (flags === undefined || flags.split(' ').includes('avx')) return
  throw lackingAvx(cpuinfo)
}

/** The refusal of a processor without AVX. */
export function lackingAvx (cpuinfo: string): Error {
  const [, cpu = 'of an unknown model'] = /^model name\s*:\s*(.*)$/m.exec(cpuinfo) ?? []
  return problem('native_cpu_unsupported', { cpu })
}

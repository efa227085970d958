/** Wheels: what their names say, and what their bytes are. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { problem } from '../errors.ts'

/** What the name of a wheel says (PEP 427). */
export interface WheelName {
  /** With dashes, as pip writes it. */
  readonly distribution: string
  readonly version: string
  /** Systems it is for, such as `manylinux_2_17_x86_64`. */
  readonly platforms: readonly string[]
}

/** A wheel on this disk, with what was computed of its bytes. */
export interface Wheel extends WheelName {
  readonly file: string
  readonly sha256: string
  readonly bytes: number
}

const NAME = /^([A-Za-z0-9_.]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-([^-]+)\.whl$/

export function parseWheelName (file: string): WheelName | undefined {
  const [, name, version, platforms] = NAME.exec(basename(file)) ?? []
  if (name === undefined || version === undefined || platforms === undefined) return undefined
  return { distribution: name.replace(/[_.]+/g, '-').toLowerCase(), version, platforms: platforms.split('.') }
}

/** Reads and hashes a wheel. Throws `native_wheel_unfit` for what is none. */
export async function readWheel (file: string): Promise<Wheel> {
  const name = parseWheelName(file)
  if (name === undefined) throw problem('native_wheel_unfit', { wheel: file, detail: 'its name is not that of a wheel (NAME-VERSION-…-PLATFORM.whl)' })
  const hash = createHash('sha256')
  try {
    const { size } = await stat(file)
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
    return { ...name, file, bytes: size, sha256: hash.digest('hex') }
  } catch (cause) {
    throw problem('native_wheel_unreadable', { wheel: file, detail: (cause as Error).message }, { cause })
  }
}

/** The glibc a wheel needs, by the oldest of its platforms; undefined when it is not for Linux with glibc. */
export function glibcOf ({ platforms }: WheelName, machine: string): string | undefined {
  const OLD: Readonly<Record<string, string>> = { manylinux1: '2.5', manylinux2010: '2.12', manylinux2014: '2.17' }
  const versions = platforms.filter(platform => platform.endsWith(`_${machine}`)).flatMap(platform => {
    const tag = platform.slice(0, -machine.length - 1)
    const [, major, minor] = /^manylinux_(\d+)_(\d+)$/.exec(tag) ?? []
    return major === undefined ? OLD[tag] ?? [] : `${major}.${minor}`
  })
  return versions.toSorted(byVersion)[0]
}

/** Orders version numbers. */
export const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

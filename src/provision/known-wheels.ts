/** Published wheels whose bytes are known. */
import { basename } from 'node:path'
import { problem } from '../errors.ts'
import type { Requirement } from './requirement.ts'
import type { Wheel } from './wheel.ts'

const OLDER = 'cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'
const NEWER = 'cp311-cp311-manylinux_2_27_x86_64.whl'

/** SHA-256 by file name. */
const SHA256: Readonly<Record<string, string>> = {
  [`tensorflow_cpu-2.18.1-${OLDER}`]: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
  [`tensorflow_cpu-2.19.1-${OLDER}`]: '0b6d72bd09c267e7573757bd309f5b1e2cdb02577339991da751f3a1411e4dae',
  [`tensorflow_cpu-2.20.0-${OLDER}`]: 'cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780',
  [`tensorflow_cpu-2.21.0-${NEWER}`]: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  [`tensorflow-2.18.1-${OLDER}`]: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828',
  [`tensorflow-2.19.1-${OLDER}`]: '8e5524eb492160576e5eeea9bb472ddc653123503f2290f83123d5ac9545750e',
  [`tensorflow-2.20.0-${OLDER}`]: '481499fd0f824583de8945be61d5e827898cdaa4f5ea1bc2cc28ca2ccff8229e',
  [`tensorflow-2.21.0-${NEWER}`]: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  'tensorflow-2.20.0-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl': '3e9568c8efcb05c0266be223e3269c62ebf7ad3498f156438311735f6fa5ced5',
  'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl': '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c'
}

/** The known SHA-256 of the wheel of that name. */
export const knownSha256 = (file: string): string | undefined => SHA256[basename(file)]

/** The known SHA-256 of the wheel that answers an exact requirement on a machine. */
export function knownSha256For ({ distribution, specifier }: Requirement, machine: string): string | undefined {
  const start = `${distribution.replaceAll('-', '_')}-${specifier.replace('==', '')}-`
  return Object.entries(SHA256).find(([name]) => name.startsWith(start) && name.endsWith(`_${machine}.whl`))?.[1]
}

/** Refuses a wheel whose bytes are not those published under its name. */
export function requireAsPublished ({ file, sha256 }: Wheel): void {
  const expected = knownSha256(file)
  if (expected !== undefined && expected !== sha256) throw problem('native_wheel_altered', { wheel: file, received: sha256, expected })
}

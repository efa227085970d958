/** What a build was made of. The file is written last: a folder without it is no build. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Variant } from './target.ts'

export interface WheelRecord { readonly name: string, readonly version: string, readonly sha256: string, readonly bytes: number }

export interface Manifest {
  readonly variant: Variant
  /** As the library says of itself. */
  readonly tensorflow: string
  /** Of the package with the addon's sources. */
  readonly tfjs: string
  readonly wheel: WheelRecord
  /** CUDA libraries that lie in the build. */
  readonly cuda: readonly WheelRecord[]
  readonly compiler: string
  readonly glibc: string
  readonly stripped: boolean
  /** Whether TensorFlow saw a GPU when the build was made. */
  readonly gpuSeen: boolean
  readonly bytes: number
  readonly seconds: number
  readonly madeAt: string
}

const fileOf = (folder: string): string => join(folder, 'manifest.json')

export const writeManifest = (folder: string, manifest: Manifest): void => { writeFileSync(fileOf(folder), `${JSON.stringify(manifest, null, 2)}\n`) }

/** What the manifest says; a build that was made by other means says less, and one that is no JSON says nothing. */
export function readManifest (folder: string): Partial<Manifest> {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Partial<Manifest>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

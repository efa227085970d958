/** Wheels that were given as files: nothing is downloaded, and pip is not needed. */
import { basename } from 'node:path'
import { problem } from '../errors.ts'
import { requireAsPublished } from './known-wheels.ts'
import { requirementText, satisfies, type Requirement } from './requirement.ts'
import type { Supply } from './supply.ts'
import { DEFAULT_TENSORFLOW, distributionOf, type Target, type Variant } from './target.ts'
import { parseWheelName, readWheel, type Wheel, type WheelName } from './wheel.ts'

export class GivenWheels implements Supply {
  readonly #files: readonly string[]

  constructor (files: readonly string[]) { this.#files = files }

  require (requirements: readonly Requirement[]): void {
    const missing = requirements.filter(requirement => this.#find(requirement) === undefined)
    if (missing.length > 0) throw problem('native_wheels_lacking', { missing: missing.map(requirementText).join(', ') })
  }

  async get (requirement: Requirement): Promise<Wheel> {
    this.require([requirement])
    const wheel = await readWheel(this.#find(requirement) as string)
    requireAsPublished(wheel)
    return wheel
  }

  /** Files of others are left alone. */
  release (): void {}

  #find (requirement: Requirement): string | undefined {
    return this.#files.find(file => {
      const name = nameOf(file)
      return name.distribution === requirement.distribution && satisfies(name.version, requirement)
    })
  }
}

function nameOf (file: string): WheelName {
  const name = parseWheelName(file)
  if (name === undefined) throw problem('native_wheel_unfit', { wheel: file, detail: 'its name is not that of a wheel (NAME-VERSION-…-PLATFORM.whl)' })
  return name
}

/** What is to be built: the version is that of the given wheel, or the one asked for, or the usual one. */
export function targetFor (files: readonly string[], asked: string | undefined, variant: Variant, arch: string): Target {
  const [file] = files.filter(one => nameOf(one).distribution.startsWith('tensorflow'))
  if (file === undefined) return { variant, arch, tensorflow: asked ?? DEFAULT_TENSORFLOW }
  const { distribution, version } = nameOf(file)
  const target = { variant, arch, tensorflow: version }
  const wheel = basename(file)
  if (asked !== undefined && asked !== version) throw problem('native_wheel_unfit', { wheel, detail: `it is TensorFlow ${version}, and --tf asks for ${asked}` })
  if (distribution !== distributionOf(target)) {
    const detail = `${distribution} is not what ${variant === 'cuda' ? 'a build with CUDA' : 'a build for the CPU'} is made of, which is ${distributionOf(target)}`
    throw problem('native_wheel_unfit', { wheel, detail })
  }
  return target
}

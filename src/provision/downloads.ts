/** Finished downloads: kept until the build they are for is in place, so that an interrupted run goes on with them. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { requireAsPublished } from './known-wheels.ts'
import { requirementText, type Requirement } from './requirement.ts'
import { readWheel, type Wheel } from './wheel.ts'

/** What is written beside a wheel, before the wheel gets its name. */
interface Receipt { readonly requirement: string, readonly sha256: string, readonly machine: string }

export class Downloads {
  readonly #folder: string
  readonly #machine: string

  constructor (builds: string, machine: string) {
    this.#folder = join(builds, 'downloads')
    this.#machine = machine
  }

  /** The wheel kept for a requirement, if its bytes are still those that were downloaded. */
  async find (requirement: Requirement): Promise<Wheel | undefined> {
    for (const name of this.#wheels()) {
      const receipt = this.#receipt(name)
      if (receipt?.requirement !== requirementText(requirement) || receipt.machine !== this.#machine) continue
      const wheel = await readWheel(join(this.#folder, name))
      if (wheel.sha256 === receipt.sha256) return wheel
      this.#remove(name)
    }
    return undefined
  }

  /** Takes over a wheel that was just downloaded. Throws `native_wheel_altered` when it is not the published one. */
  async keep (file: string, requirement: Requirement): Promise<Wheel> {
    const wheel = await readWheel(file)
    requireAsPublished(wheel)
    mkdirSync(this.#folder, { recursive: true })
    const kept = join(this.#folder, basename(file))
    const receipt: Receipt = { requirement: requirementText(requirement), sha256: wheel.sha256, machine: this.#machine }
    writeFileSync(`${kept}.json`, JSON.stringify(receipt))
    renameSync(file, kept)
    return { ...wheel, file: kept }
  }

  /** Forgets wheels that a finished build was made of. */
  release (wheels: readonly Wheel[]): void {
    for (const { file } of wheels) this.#remove(basename(file))
    if (this.#wheels().length === 0) rmSync(this.#folder, { recursive: true, force: true })
  }

  /** How many wheels there are, and their size. */
  summary (): { readonly wheels: number, readonly bytes: number } {
    const sizes = this.#wheels().map(name => statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0)
    return { wheels: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) }
  }

  #wheels (): string[] {
    try {
      return readdirSync(this.#folder).filter(name => name.endsWith('.whl'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  #receipt (name: string): Receipt | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#folder, `${name}.json`), 'utf8')) as Receipt
    } catch {
      // A wheel nothing is known of: it is downloaded again.
      return undefined
    }
  }

  #remove (name: string): void {
    for (const file of [name, `${name}.json`]) rmSync(join(this.#folder, file), { force: true })
  }
}

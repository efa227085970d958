/** Wheels that pip downloads, or that an interrupted run left. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Downloads } from './downloads.ts'
import { knownSha256For } from './known-wheels.ts'
import { download, type Pip } from './pip.ts'
import type { Step } from './progress.ts'
import { requirementText, type Requirement } from './requirement.ts'
import { bytesText } from './space.ts'
import type { Supply } from './supply.ts'
import type { Wheel } from './wheel.ts'

export interface Source {
  readonly pip: Pip
  readonly downloads: Downloads
  /** As wheels call the processor. */
  readonly machine: string
  readonly work: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

export class DownloadedWheels implements Supply {
  readonly #source: Source
  readonly #used: Wheel[] = []

  constructor (source: Source) { this.#source = source }

  /** What the index lacks is known when it is asked for. */
  require (): void {}

  async get (requirement: Requirement, step: Step): Promise<Wheel> {
    const kept = await this.#source.downloads.find(requirement)
    const wheel = kept ?? await this.#download(requirement, step)
    step.tell(`${bytesText(wheel.bytes)}${kept === undefined ? '' : ', downloaded before'}`)
    this.#used.push(wheel)
    return wheel
  }

  release (): void { this.#source.downloads.release(this.#used) }

  async #download (requirement: Requirement, step: Step): Promise<Wheel> {
    const { pip, downloads, work, ...rest } = this.#source
    const folder = mkdtempSync(join(work, 'pip-'))
    const onBytes = (done: number, total: number | undefined): void => { step.bytes(done, total, requirementText(requirement)) }
    const file = await download(pip, { ...rest, requirement, sha256: knownSha256For(requirement, rest.machine), folder, onBytes })
    const wheel = await downloads.keep(file, requirement)
    await rm(folder, { recursive: true })
    return wheel
  }
}

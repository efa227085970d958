/** The steps from a wheel to a build that works. */
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { probe, type NativeBuild, type Probed } from '../backend/native-builds.ts'
import type { Refused } from '../backend/opened.ts'
import { problem } from '../errors.ts'
import { compile } from './compile.ts'
import { lackingAvx, requireGlibc } from './machine.ts'
import { writeManifest, type WheelRecord } from './manifest.ts'
import { LIBRARIES, METADATA, ofCuda, ofTensorFlow } from './members.ts'
import { takesCudaLibraries, type Order, type Surroundings } from './order.ts'
import { sizeOf } from './place.ts'
import { Progress, type Step } from './progress.ts'
import { cudaRequirements } from './requirement.ts'
import { bytesText } from './space.ts'
import { strip } from './strip.ts'
import { findTools, type Tools } from './tools.ts'
import { machineOf, requirementOf } from './target.ts'
import { unpack } from './unpack.ts'
import { glibcOf, type Wheel } from './wheel.ts'

/** A build that waits to be put in place. */
export interface Assembled {
  readonly build: string
  readonly probed: Probed
  readonly bytes: number
  /** Forgets the downloads it was made of. */
  readonly release: () => void
}

/** Makes the build in the folder `work`. */
export async function assemble (order: Order, surroundings: Surroundings, work: string): Promise<Assembled> {
  const steps = 6 + Number(order.strip) + (takesCudaLibraries(order) ? 2 : 0)
  const assembly = new Assembly(order, surroundings, work, new Progress(surroundings.screen, steps))
  return await assembly.run()
}

class Assembly {
  readonly #order: Order
  readonly #surroundings: Surroundings
  readonly #work: string
  readonly #build: string
  readonly #progress: Progress
  readonly #start = performance.now()

  constructor (order: Order, surroundings: Surroundings, work: string, progress: Progress) {
    this.#order = order
    this.#surroundings = surroundings
    this.#work = work
    this.#build = join(work, 'build')
    this.#progress = progress
  }

  async run (): Promise<Assembled> {
    await mkdir(this.#build)
    const tools = await this.#progress.step('Look for the tools', step => this.#findTools(step))
    const wheel = await this.#progress.step('Get the wheel of TensorFlow', step => this.#getWheel(tools, step))
    await this.#progress.step('Unpack it', step => this.#unpackTensorFlow(wheel, step))
    await this.#progress.step('Compile the addon', () => this.#compile(tools))
    const cuda = takesCudaLibraries(this.#order) ? await this.#addCuda(tools) : []
    const stripped = this.#order.strip && await this.#progress.step('Strip the libraries', step => this.#strip(step))
    const probed = await this.#progress.step('Try it in a process of its own', step => this.#try(step))
    const bytes = await this.#progress.step('Finish', step => this.#finish(tools, { wheel, cuda, stripped, probed }, step))
    return { build: this.#build, probed, bytes, release: () => { tools.supply.release() } }
  }

  async #findTools (step: Step): Promise<Tools> {
    const tools = await findTools(this.#order, this.#surroundings, this.#work)
    step.tell(tools.summary)
    return tools
  }

  async #getWheel ({ supply }: Tools, step: Step): Promise<Wheel> {
    const { target } = this.#order
    const wheel = await supply.get(requirementOf(target), step)
    const machine = machineOf(target.arch) ?? target.arch
    const needed = glibcOf(wheel, machine)
    const detail = `it is for ${wheel.platforms.join(', ')}, and this is Linux ${machine}`
    if (needed === undefined) throw problem('native_wheel_unfit', { wheel: wheel.file, detail })
    requireGlibc(this.#surroundings.machine.glibc ?? '', needed, wheel.version)
    return wheel
  }

  async #unpackTensorFlow ({ file }: Wheel, step: Step): Promise<void> {
    const { signal } = this.#surroundings
    const { members, bytes } = await unpack(file, this.#build, ofTensorFlow, { signal, onBytes: done => { step.bytes(done) } })
    const lacking = [...LIBRARIES, METADATA].filter(member => !members.includes(member))
    if (lacking.length > 0) throw problem('native_wheel_unreadable', { wheel: file, detail: `it lacks ${lacking.join(', ')}` })
    step.tell(`${members.length} files, ${bytesText(bytes)}`)
  }

  async #compile ({ compiler, sources, headers }: Tools): Promise<void> {
    await compile(compiler, { sources, headers, build: this.#build, scratch: this.#work }, this.#surroundings)
    await rm(join(this.#build, 'tensorflow', 'include'), { recursive: true, force: true })
  }

  async #addCuda ({ supply }: Tools): Promise<readonly Wheel[]> {
    const requirements = cudaRequirements(readFileSync(join(this.#build, METADATA), 'utf8'))
    if (requirements.length === 0) throw problem('native_wheel_unfit', { wheel: 'of TensorFlow', detail: 'it names no CUDA libraries' })
    supply.require(requirements)
    const wheels: Wheel[] = []
    await this.#progress.step(`Get ${requirements.length} wheels of CUDA libraries`, async step => {
      for (const requirement of requirements) wheels.push(await supply.get(requirement, step))
      step.tell(bytesText(wheels.reduce((sum, { bytes }) => sum + bytes, 0)))
    })
    await this.#progress.step('Unpack them', async step => {
      const { signal } = this.#surroundings
      let before = 0
      const onBytes = (done: number): void => { step.bytes(before + done) }
      for (const { file } of wheels) before += (await unpack(file, this.#build, ofCuda, { signal, onBytes })).bytes
      step.tell(bytesText(before))
    })
    return wheels
  }

  async #strip (step: Step): Promise<boolean> {
    const stripped = await strip(this.#build, this.#surroundings.env, this.#surroundings.signal)
    if (!stripped) step.tell('strip is missing or failed: the libraries stay as large as they were')
    return stripped
  }

  /** A build that ends its process, or cannot be loaded, never gets in place. */
  async #try (step: Step): Promise<Probed> {
    const { variant } = this.#order.target
    const probed = await this.#probe({ folder: this.#build, cuda: variant === 'cuda' })
    if ('refused' in probed) {
      if (probed.refused.includes('SIGILL')) throw lackingAvx(this.#surroundings.machine.cpuinfo)
      throw problem('native_probe_failed', { detail: probed.refused.replaceAll(this.#build, 'it') })
    }
    step.tell(`TensorFlow ${probed.version}${variant === 'cuda' ? `, GPU ${probed.gpu ? 'seen' : 'not seen'}` : ''}`)
    return probed
  }

  async #probe (build: NativeBuild): Promise<Probed | Refused> {
    const { env, signal } = this.#surroundings
    const probed = probe(build, { TF_CPP_MIN_LOG_LEVEL: '3', ...env })
    // The probe held everything up. A signal that came meanwhile, and may have ended it, is noticed now.
    await setImmediate()
    signal.throwIfAborted()
    return probed
  }

  async #finish ({ compiler, sources }: Tools, made: Made, step: Step): Promise<number> {
    await rm(join(this.#build, METADATA, '..'), { recursive: true })
    const bytes = sizeOf(this.#build)
    writeManifest(this.#build, {
      variant: this.#order.target.variant,
      tensorflow: made.probed.version,
      tfjs: sources.version,
      wheel: recordOf(made.wheel),
      cuda: made.cuda.map(recordOf),
      compiler: compiler.version,
      glibc: this.#surroundings.machine.glibc ?? '',
      stripped: made.stripped,
      gpuSeen: made.probed.gpu,
      bytes,
      seconds: Math.round((performance.now() - this.#start) / 100) / 10,
      madeAt: new Date().toISOString()
    })
    step.tell(bytesText(bytes))
    return bytes
  }
}

interface Made { readonly wheel: Wheel, readonly cuda: readonly Wheel[], readonly stripped: boolean, readonly probed: Probed }

const recordOf = ({ distribution, version, sha256, bytes }: Wheel): WheelRecord => ({ name: distribution, version, sha256, bytes })

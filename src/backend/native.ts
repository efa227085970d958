/** TensorFlow's native backend: with CUDA, and on the CPU. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { registerBinding, type Binding } from './native-binding.ts'
import { bindingOf, defaultNativeFolder, findBuilds, probe, type NativeBuild } from './native-builds.ts'
import { chosenThreads, nativeEnvironment } from './native-environment.ts'
import { correctNativeKernels } from './native-kernels.ts'
import { takePaddings } from './native-paddings.ts'
import { visibleGpus, watchGpu } from './nvidia-smi.ts'
import type { BackendOptions, Opened, Refused, Rung, ThreadChoice } from './opened.ts'

export const nativeGpu: Rung = {
  backend: 'native-gpu',
  remedy: 'npm run native:cuda builds it, for a machine with an NVIDIA GPU and its driver; npm run native -- --check tells what is wrong.',
  open: options => openFirst(buildsIn(options).filter(build => build.cuda), options, true)
}

export const nativeCpu: Rung = {
  backend: 'native-cpu',
  remedy: 'npm run native builds it; npm run native -- --check tells what is wrong.',
  // A build for CUDA computes on the CPU too, but starts slower.
  open: options => openFirst(buildsIn(options).toSorted((a, b) => Number(a.cuda) - Number(b.cuda)), options, false)
}

const folderOf = ({ nativeFolder }: BackendOptions): string => nativeFolder ?? defaultNativeFolder(process.env.XDG_CACHE_HOME)

const buildsIn = (options: BackendOptions): readonly NativeBuild[] => findBuilds(folderOf(options))

async function openFirst (builds: readonly NativeBuild[], options: BackendOptions, gpu: boolean): Promise<Opened | Refused> {
  if (builds.length === 0) return { refused: notBuilt(folderOf(options), gpu) }
  const reasons: string[] = []
  for (const build of builds) {
    const opened = await openBuild(build, options, gpu)
    if (!('refused' in opened)) return opened
    reasons.push(opened.refused)
  }
  return { refused: reasons.join('; ') }
}

const notBuilt = (folder: string, gpu: boolean): string =>
  `not built: there is no build${gpu ? ' with CUDA' : ''} in ${folder}: run npm run native${gpu ? ':cuda' : ''}`

/** The build this process holds: two TensorFlow libraries in one process do not go together. */
let held: {
  readonly folder: string
  readonly gpu: boolean
  readonly binding: Binding
  readonly threads: ThreadChoice
  readonly visible: readonly string[]
} | undefined

async function openBuild (build: NativeBuild, options: BackendOptions, gpu: boolean): Promise<Opened | Refused> {
  if (held !== undefined) return held.folder === build.folder && held.gpu === gpu ? activate() : alreadyLoaded(held.folder, gpu)
  const threads = chosenThreads(process.env, options)
  const settings = nativeEnvironment(process.env, { gpu, threads, cudaCache: gpu ? cudaCacheOf(build) : undefined })
  // A GPU that computes wrongly must not be found out in this process, which could not take the CPU then.
  const probed = probe(build, { ...process.env, ...settings }, gpu ? 'compute' : 'load')
  if ('refused' in probed) return probed
  if (gpu && !probed.gpu) return { refused: `TensorFlow ${probed.version} sees no CUDA device: check nvidia-smi and CUDA_VISIBLE_DEVICES` }
  const visible = gpu ? await visibleGpus(process.env) : []
  Object.assign(process.env, settings)
  const binding = registerBinding(bindingOf(build))
  takePaddings()
  correctNativeKernels(!gpu)
  const { folder } = build
  held = { folder, gpu, binding, visible, threads: threads ?? { value: availableParallelism(), reason: 'TensorFlow takes one per core' } }
  return activate()
}

const alreadyLoaded = (folder: string, gpu: boolean): Refused =>
  ({ refused: `${folder} is loaded in this process already: pin native-${gpu ? 'gpu' : 'cpu'} to use this one` })

/** Beside the builds, so that it stays when they change; undefined where this user may not write there. */
function cudaCacheOf ({ folder }: NativeBuild): string | undefined {
  const cache = join(dirname(folder), 'cuda-cache')
  try {
    mkdirSync(cache, { recursive: true })
    accessSync(cache, constants.W_OK)
    return cache
  } catch {
    return undefined
  }
}

/** Makes what this process holds the backend in use. */
async function activate (): Promise<Opened | Refused> {
  const { folder, gpu, binding, threads, visible } = held as NonNullable<typeof held>
  if (!await tf.setBackend('tensorflow')) return { refused: `${folder} was loaded, but TensorFlow.js did not accept it` }
  if (gpu && !binding.isUsingGpuDevice()) return { refused: `TensorFlow ${binding.TF_Version} sees no CUDA device once it is loaded` }
  const watch = gpu ? await watchGpu(process.env, visible) : null
  const device = watch === null ? cpus()[0]?.model.trim() ?? 'CPU' : watch.facts().name ?? 'CUDA GPU'
  return { device, versions: { tfjs: tf.version_core, tensorflow: binding.TF_Version }, threads, gpu: watch }
}

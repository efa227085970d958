/** TensorFlow's native backend: with CUDA, and on the CPU. */
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { bindingOf, defaultNativeFolder, findBuilds, probe, type NativeBuild, type Probed } from './native-builds.ts'
import type { BackendOptions, Opened, Refused, Rung } from './opened.ts'

export const nativeGpu: Rung = {
  backend: 'native-gpu',
  remedy: 'Run npm run native:cuda on a machine with an NVIDIA GPU and its driver.',
  open: options => openFirst(buildsIn(options).filter(build => build.cuda), options, true)
}

export const nativeCpu: Rung = {
  backend: 'native-cpu',
  remedy: 'Run npm run native.',
  // A build for CUDA computes on the CPU too, but starts slower.
  open: options => openFirst(buildsIn(options).toSorted((a, b) => Number(a.cuda) - Number(b.cuda)), options, false)
}

const buildsIn = ({ nativeFolder }: BackendOptions): readonly NativeBuild[] => findBuilds(nativeFolder ?? defaultNativeFolder(process.env.XDG_CACHE_HOME))

async function openFirst (builds: readonly NativeBuild[], options: BackendOptions, gpu: boolean): Promise<Opened | Refused> {
  if (builds.length === 0) return { refused: `not built: run npm run native${gpu ? ':cuda' : ''}` }
  const reasons: string[] = []
  for (const build of builds) {
    const opened = await openBuild(build, environment(options, gpu), gpu)
    if (!('refused' in opened)) return opened
    reasons.push(opened.refused)
  }
  return { refused: reasons.join('; ') }
}

/** TensorFlow reads its settings from the environment of its process, when it is loaded. */
function environment ({ threads }: BackendOptions, gpu: boolean): NodeJS.ProcessEnv {
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' }
  const each = String(threads)
  const limits = threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: each, TF_NUM_INTEROP_THREADS: each }
  return { ...quiet, ...process.env, ...limits, ...!gpu && { CUDA_VISIBLE_DEVICES: '-1' } }
}

/** The build this process holds: two TensorFlow libraries in one process do not go together. */
let held: { readonly folder: string, readonly gpu: boolean } | undefined

async function openBuild (build: NativeBuild, env: NodeJS.ProcessEnv, gpu: boolean): Promise<Opened | Refused> {
  if (held !== undefined && (held.folder !== build.folder || held.gpu !== gpu)) {
    return { refused: `${held.folder} is loaded in this process already: pin native-${gpu ? 'gpu' : 'cpu'} to use this one` }
  }
  const probed = probe(build, env)
  if ('refused' in probed) return probed
  if (gpu && !probed.gpu) return { refused: `TensorFlow ${probed.version} sees no CUDA device: check nvidia-smi and CUDA_VISIBLE_DEVICES` }
  return load(build, env, probed)
}

async function load (build: NativeBuild, env: NodeJS.ProcessEnv, { version, gpu }: Probed): Promise<Opened | Refused> {
  Object.assign(process.env, env)
  if (held === undefined) register(build)
  held = { folder: build.folder, gpu }
  if (!await tf.setBackend('tensorflow')) return { refused: `${build.folder} was loaded, but TensorFlow.js did not accept it` }
  return { device: gpu ? 'CUDA GPU' : cpus()[0]?.model.trim() ?? 'CPU', versions: { tfjs: tf.version_core, tensorflow: version } }
}

interface NodeBackendModule { readonly NodeJSKernelBackend: new (binding: object, name: string) => tf.KernelBackend }

/** Registers the backend from the package's inner modules: its index wants an addon inside node_modules and throws without. */
function register (build: NativeBuild): void {
  const require = createRequire(import.meta.url)
  // Node 23 removed these two, Node 22 warns of them; the package calls them on nearly every operation.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray })
  const binding = require(bindingOf(build)) as object
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels')
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as NodeBackendModule
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'))
}

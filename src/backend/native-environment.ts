/** TensorFlow's and CUDA's settings, which they read from the environment of their process when they are loaded. */
import { ASKED, type BackendOptions, type ThreadChoice } from './opened.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const CACHE_BYTES = 4 * 2 ** 30

const CUDA_SETTINGS = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // Else CUDA counts the fastest GPU first and nvidia-smi does not, and a number means another GPU to each.
  CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  // Else GPUs from Ampere on round the factors of float32 products to ten bits.
  NVIDIA_TF32_OVERRIDE: '0',
  CUDA_CACHE_MAXSIZE: String(CACHE_BYTES)
}

export interface NativeSettings {
  readonly gpu: boolean
  /** Undefined leaves them to TensorFlow. */
  readonly threads: ThreadChoice | undefined
  /** Folder for the kernels the driver compiles for this GPU, which takes minutes; undefined leaves it to the driver. */
  readonly cudaCache: string | undefined
}

/**
 * What to add to the user's environment before TensorFlow is loaded. What the user set stays, but for two: on the CPU no GPU is visible,
 * and on a GPU only one is, since an engine computes on one and would take memory on all.
 */
export function nativeEnvironment (user: Environment, { gpu, threads, cudaCache }: NativeSettings): Record<string, string> {
  const wishes: Record<string, string> = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...threads !== undefined && { TF_NUM_INTEROP_THREADS: '1' },
    ...gpu && CUDA_SETTINGS,
    ...gpu && cudaCache !== undefined && { CUDA_CACHE_PATH: cudaCache }
  }
  return {
    ...Object.fromEntries(Object.entries(wishes).filter(([name]) => isUnset(user[name]))),
    ...threads !== undefined && { TF_NUM_INTRAOP_THREADS: String(threads.value) },
    CUDA_VISIBLE_DEVICES: gpu ? visibleDevice(user) : '-1'
  }
}

const isUnset = (value: string | undefined): boolean => value === undefined || value === ''

/** The first of the GPUs the user lets be seen: its number or UUID. An empty list hides all of them. */
export function visibleDevice ({ CUDA_VISIBLE_DEVICES: list = '0' }: Environment): string {
  return list.split(',')[0]?.trim() ?? ''
}

/** Threads of one operation: those asked for, else of the environment, else those suggested; undefined leaves it to TensorFlow. */
export function chosenThreads (
  user: Environment, { threads: asked, suggestedThreads: suggested }: Pick<BackendOptions, 'threads' | 'suggestedThreads'>
): ThreadChoice | undefined {
  if (asked !== undefined) return { value: asked, reason: ASKED }
  const environment = Number(user['TF_NUM_INTRAOP_THREADS'])
  return environment > 0 ? { value: environment, reason: 'TF_NUM_INTRAOP_THREADS says so' } : suggested?.native
}

/** What is to be built: a variant of one TensorFlow, for one kind of processor. */
import type { Requirement } from './requirement.ts'

export type Variant = 'cpu' | 'cuda'

export interface Target {
  readonly variant: Variant
  readonly tensorflow: string
  /** As Node calls it. */
  readonly arch: string
}

/** The newest TensorFlow that is silent at its start. */
export const DEFAULT_TENSORFLOW = '2.20.0'

const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/** The processor as wheels call it, or undefined where there are none. */
export const machineOf = (arch: string): string | undefined => MACHINES[arch]

/** Folder of the build, in the folder of builds. */
export const buildNameOf = ({ variant, tensorflow, arch }: Target): string => `${variant}-${tensorflow}-linux-${arch}`

/** On x86-64 `tensorflow-cpu` is the small one and `tensorflow` has the CUDA kernels; on ARM64 there is only `tensorflow`, for the CPU. */
export const distributionOf = ({ variant, arch }: Target): string => variant === 'cpu' && arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow'

export const requirementOf = (target: Target): Requirement => ({ distribution: distributionOf(target), specifier: `==${target.tensorflow}` })

export const describeTarget = ({ variant, tensorflow }: Target): string => `TensorFlow ${tensorflow} ${variant === 'cuda' ? 'with CUDA' : 'for the CPU'}`

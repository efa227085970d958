/** Makes a built addon the backend `tensorflow` of TensorFlow.js. */
import { createRequire } from 'node:module'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'

/** The addon, as far as this program asks it itself. */
export interface Binding {
  /** TensorFlow's version. */
  readonly TF_Version: string
  isUsingGpuDevice (): boolean
}

interface NodeBackendModule { readonly NodeJSKernelBackend: new (binding: Binding, name: string) => tf.KernelBackend }

/**
 * Loads the addon at `path` and registers the backend, from the package's inner modules: its index wants an addon inside node_modules and
 * throws without. Throws what the system says when the addon cannot be loaded.
 */
export function registerBinding (path: string): Binding {
  const require = createRequire(import.meta.url)
  // Node 23 removed these two, Node 22 warns of them; the package calls them on nearly every operation.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray })
  const binding = require(path) as Binding
  keepingGradients(() => { require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels') })
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as NodeBackendModule
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'))
  return binding
}

/** The package loads all of TensorFlow.js, which registers its own gradients over those that were corrected: they are put back. */
function keepingGradients (load: () => void): void {
  const names = Object.values(tf).filter(value => typeof value === 'string')
  const kept = names.map(name => tf.getGradient(name)).filter(gradient => gradient as typeof gradient | undefined !== undefined)
  load()
  for (const gradient of kept) tf.registerGradient(gradient)
}

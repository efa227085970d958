/** Runs a kernel of the plain JavaScript backend on tensors that live in the WASM heap. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

type Inputs = tf.NamedTensorInfoMap

/**
 * The kernel `name` of the JavaScript backend, for tensors of the WASM backend: inputs are copied out, outputs copied in.
 * It needs no correction of its own, is exact about sizes of 0, and is slow: one copy each way and scalar loops.
 */
export function onCpu (name: string): tf.KernelFunc {
  const { kernelFunc } = tf.getKernel(name, 'cpu')
  return ({ inputs, attrs, backend }) => {
    const [cpu, wasm] = [cpuBackend(), backend as BackendWasm]
    const copies = mapInputs(inputs, info => cpu.makeTensorInfo(info.shape, info.dtype, wasm.readSync(info.dataId)))
    try {
      const outputs = kernelFunc({ inputs: copies, backend: cpu, ...attrs !== undefined && { attrs } })
      return Array.isArray(outputs) ? outputs.map(info => moveOut(cpu, wasm, info)) : moveOut(cpu, wasm, outputs)
    } finally {
      for (const info of Object.values(copies)) if (info != null) cpu.disposeIntermediateTensorInfo(info)
    }
  }
}

function moveOut (cpu: MathBackendCPU, wasm: BackendWasm, info: tf.TensorInfo): tf.TensorInfo {
  const moved = wasm.makeOutput(info.shape, info.dtype, undefined, cpu.readSync(info.dataId))
  cpu.disposeIntermediateTensorInfo(info)
  return moved
}

/** Keeps the form of the inputs: some kernels take a list where most take names. */
function mapInputs (inputs: Inputs, copy: (info: tf.TensorInfo) => tf.TensorInfo): Inputs {
  const entries = Object.entries(inputs).map(([name, info]) => [name, info == null ? info : copy(info)] as const)
  return Array.isArray(inputs) ? entries.map(([, info]) => info) as unknown as Inputs : Object.fromEntries(entries)
}

let silenced: MathBackendCPU | undefined

/** The JavaScript backend, without the advertisement it prints at its first use. */
function cpuBackend (): MathBackendCPU {
  return (silenced ??= Object.assign(tf.findBackend('cpu'), { firstUse: false }) as object as MathBackendCPU)
}

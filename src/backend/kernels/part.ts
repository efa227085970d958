import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

const BYTES = 4

/** Runs `use` on a part of `x` (float32) from element `offset` on, as a tensor in the memory of `x`, which it is no longer afterwards. */
export function withPart (wasm: BackendWasm, x: TensorInfo, offset: number, shape: number[], use: (part: TensorInfo) => void): void {
  const part = wasm.makeOutput(shape, 'float32', wasm.getMemoryOffset(x.dataId) + offset * BYTES)
  try {
    use(part)
  } finally {
    // Not disposed: that would free memory that belongs to `x`.
    const { id } = wasm.dataIdMap.get(part.dataId)
    wasm.dataIdMap.delete(part.dataId)
    wasm.wasm.tfjs.disposeData(id)
  }
}

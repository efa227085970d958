/**
 * The gradients of pooling. WASM's own of max pooling drop them wherever the largest value of a window is not positive; those of average
 * pooling divide by the whole window where the forward divides by the part of it that lies in the input.
 */
import type { backend_util, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { eachWindow, imageWindows, volumeWindows, type Span, type Windows } from './pool-windows.ts'
import { inSteps, type Kernels } from './steps.ts'

type Values = backend_util.TypedArray
type Scatter = (windows: Windows, x: Values, dy: Values, dx: Values) => void

/** MaxPoolGrad: gives each output's gradient to the first largest value of its window. `input` (N, H, W, C), `dy` (N, H', W', C). */
export const maxPoolGrad = (kernels: Kernels): KernelFunc => gradient(kernels, imageWindows, toLargest)
/** MaxPool3DGrad: the same for volumes. */
export const maxPool3dGrad = (kernels: Kernels): KernelFunc => gradient(kernels, volumeWindows, toLargest)
/** AvgPoolGrad: shares each output's gradient among its window. */
export const avgPoolGrad = (kernels: Kernels): KernelFunc => gradient(kernels, imageWindows, toAll)
/** AvgPool3DGrad: the same for volumes. */
export const avgPool3dGrad = (kernels: Kernels): KernelFunc => gradient(kernels, volumeWindows, toAll)

const gradient = (kernels: Kernels, windowsOf: (shape: readonly number[], attrs: unknown) => Windows, scatter: Scatter): KernelFunc =>
  inSteps(kernels, (steps, inputs, attrs) => {
    const { dy, input } = inputs as Record<'dy' | 'input', TensorInfo>
    const dx = steps.make(input.shape, input.dtype)
    // Views come last: an allocation may move the heap.
    const [x, heads, sums] = [input, dy, dx].map(info => steps.wasm.typedArrayFromHeap(info)) as [Values, Values, Values]
    scatter(windowsOf(input.shape, attrs), x, heads, sums.fill(0))
    return dx
  })

const toLargest: Scatter = (windows, x, dy, dx) => {
  let output = 0
  eachWindow(windows, (base, planes, row, column) => {
    const at = largest(x, windows, base, planes, row, column)
    dx[at] = (dx[at] as number) + (dy[output++] as number)
  })
}

const toAll: Scatter = (windows, _x, dy, dx) => {
  let output = 0
  eachWindow(windows, (base, planes, row, column) => {
    const count = (planes.to - planes.from) * (row.to - row.from) * (column.to - column.from)
    addToAll(dx, (dy[output++] as number) / count, windows, base, planes, row, column)
  })
}

/** The index of the first largest value of one channel of a window. */
function largest (x: Values, { size: [, height, width], channels }: Windows, base: number, planes: Span, row: Span, column: Span): number {
  let best = base + ((planes.from * height + row.from) * width + column.from) * channels
  for (let plane = planes.from; plane < planes.to; plane++) {
    for (let y = row.from; y < row.to; y++) {
      const start = base + (plane * height + y) * width * channels
      const end = start + column.to * channels
      for (let at = start + column.from * channels; at < end; at += channels) {
        if ((x[at] as number) > (x[best] as number)) best = at
      }
    }
  }
  return best
}

function addToAll (
  dx: Values, share: number, { size: [, height, width], channels }: Windows, base: number, planes: Span, row: Span, column: Span
): void {
  for (let plane = planes.from; plane < planes.to; plane++) {
    for (let y = row.from; y < row.to; y++) {
      const start = base + (plane * height + y) * width * channels
      const end = start + column.to * channels
      for (let at = start + column.from * channels; at < end; at += channels) dx[at] = (dx[at] as number) + share
    }
  }
}

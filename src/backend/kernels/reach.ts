/** The outputs, from `begin` up to `end`, whose input `output · stride + offset` lies within an axis of `size`. */
export function reach (offset: number, stride: number, size: number, outputs: number): { begin: number, end: number } {
  const begin = Math.min(outputs, Math.max(0, Math.ceil(-offset / stride)))
  return { begin, end: Math.max(begin, Math.min(outputs, Math.floor((size - 1 - offset) / stride) + 1)) }
}

export interface BackoffOptions {
  /** Milliseconds before the first new attempt; doubled for each failure in a row. */
  readonly firstMs: number
  readonly mostMs: number
}

/**
 * Milliseconds to wait after `failures` in a row: exponential, bounded, and spread over its upper half so that servers do not
 * restart in step.
 */
export function backoffMs (failures: number, { firstMs, mostMs }: BackoffOptions, random: () => number): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return whole / 2 + random() * whole / 2
}

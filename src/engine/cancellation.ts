/** Tells that nobody waits for an answer any more. An AbortSignal is one; something smaller does. */
export interface Cancellation {
  readonly aborted: boolean
  /** What calls that are given up reject with. */
  readonly reason: unknown
  addEventListener (type: 'abort', listener: () => void): void
  removeEventListener (type: 'abort', listener: () => void): void
}

/** Time as the engine side of the server sees it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs `action` after `ms`; the function returned calls it off. */
  after: (ms: number, action: () => void) => () => void
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The system's clock. A wait too long for a timer ends after 24 days. */
export const systemClock: Clock = {
  now: Date.now,
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS))
    return () => { clearTimeout(timer) }
  }
}

/** Where the wheels of a build come from: the package index, or files that were given. */
import type { Requirement } from './requirement.ts'
import type { Step } from './progress.ts'
import type { Wheel } from './wheel.ts'

export interface Supply {
  /** Throws `native_wheels_lacking` when it is known that some cannot be had. */
  require (requirements: readonly Requirement[]): void
  /** One wheel, its bytes checked. */
  get (requirement: Requirement, step: Step): Promise<Wheel>
  /** The build is in place: what was kept for it may go. */
  release (): void
}

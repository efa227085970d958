/** A registered hook; `detach` removes it, and may be called twice. */
export interface HookHandle { detach (): void }

/** Functions called in order of registration. The same function registered twice runs once. */
export class Hooks<Args extends readonly unknown[]> {
  readonly #hooks = new Set<(...args: Args) => void>()

  register (hook: (...args: Args) => void): HookHandle {
    this.#hooks.add(hook)
    return { detach: () => { this.#hooks.delete(hook) } }
  }

  run (...args: Args): void {
    if (this.#hooks.size === 0) return
    for (const hook of this.#hooks) hook(...args)
  }
}

/** Counts and prints what passed and what failed. */
export class Tally {
  #passed = 0
  #failed = 0

  get failed (): number { return this.#failed }

  /** `detail` is printed when it failed. */
  check (title: string, ok: boolean, detail = ''): void {
    if (ok) this.#passed++
    else this.#failed++
    console.log(ok ? `  ok      ${title}` : `  FAILED  ${title}${detail === '' ? '' : `\n${detail.replaceAll(/^/gm, '          ')}`}`)
  }

  equal (title: string, received: unknown, expected: unknown): void {
    const [a, b] = [JSON.stringify(received), JSON.stringify(expected)]
    this.check(title, a === b, `received ${a}\nexpected ${b}`)
  }

  /** A part that ends with an error counts as one failure, and the others go on. */
  async attempt (title: string, part: () => Promise<void>): Promise<void> {
    try {
      await part()
    } catch (error) {
      this.check(title, false, error instanceof Error ? error.message : String(error))
    }
  }

  toString (): string { return `${this.#passed} passed, ${this.#failed} failed` }
}

/** What the constructor of a program defines for its forward. */
export interface Names {
  readonly children: ReadonlySet<string>
  /** Parameters and constants. */
  readonly params: ReadonlySet<string>
}

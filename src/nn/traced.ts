/** What a hook gets for an output while shapes are inferred: a name instead of values. */
export class Traced {
  readonly name: string
  constructor (name: string) { this.name = name }
  toString (): string { return `<_Symbol ${this.name}>` }
}

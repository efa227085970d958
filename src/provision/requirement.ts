/** A package that is needed, and the versions of it that will do. */
export interface Requirement {
  readonly distribution: string
  /** As pip writes it: `==2.20.0`, `<13.0,>=12.5.82`, or nothing. */
  readonly specifier: string
}

export const requirementText = ({ distribution, specifier }: Requirement): string => distribution + specifier

type Test = (order: number) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  '==': order => order === 0, '!=': order => order !== 0, '>=': order => order >= 0, '<=': order => order <= 0, '>': order => order > 0, '<': order => order < 0
}

/** Whether a version of numbers and dots will do. */
export function satisfies (version: string, { specifier }: Requirement): boolean {
  return specifier.split(',').filter(clause => clause !== '').every(clause => {
    const [, operator = '', bound = ''] = /^\s*([=!<>]=|[<>])\s*([\d.]+)\s*$/.exec(clause) ?? []
    return TESTS[operator]?.(compare(version, bound)) ?? false
  })
}

function compare (a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = Math.sign((left[i] ?? 0) - (right[i] ?? 0))
    if (order !== 0) return order
  }
  return 0
}

const EXTRA = /^Requires-Dist: (nvidia-[\w-]+) *\(?([^;)\n]*)\)? *; *extra == ['"]and-cuda['"] *$/gm

/** The CUDA libraries that a TensorFlow wheel names in its METADATA, under the extra `and-cuda`. */
export function cudaRequirements (metadata: string): readonly Requirement[] {
  return [...metadata.matchAll(EXTRA)].map(([, distribution = '', specifier = '']) => ({ distribution, specifier: specifier.replaceAll(' ', '') }))
}

import type { BlockNode } from '../operations/schemas/block.ts'
import type { ModelDescription } from '../operations/views.ts'
import type { Reader } from '../store/store.ts'
import { sizeOf } from '../tensor.ts'

/** Rows of the forward that is assumed: as many requests as leave in one batch. */
const ROWS = 32
/** Places a convolution's kernel is laid on where its output is not known: 14 × 14, the middle of usual networks. */
const PLACES = 14 * 14
const PAGE = 100

type Described = Pick<ModelDescription, 'parameters' | 'summary' | 'tree'>

/**
 * Multiply-adds of the largest operation in a forward of the model, as far as its parameters tell: a matrix meets 32 rows, a convolution's
 * kernel one image. Parameters of unknown shape count nothing.
 */
export function largestWork (description: Described): number {
  const places = placesOf(description)
  const work = description.parameters.map(({ name, shape }) => {
    if (shape.length < 2 || shape.some(dim => dim < 0)) return 0
    return sizeOf(shape) * (shape.length === 2 ? ROWS : places.get(name) ?? PLACES)
  })
  return work.reduce((most, each) => Math.max(most, each), 0)
}

/** The same for the largest of all saved models. */
export function largestSavedWork (store: Reader): number {
  let most = 0
  for (let after: string | null | undefined; after !== null;) {
    const { items, next } = store.models({ limit: PAGE, after })
    for (const { description } of items) most = Math.max(most, largestWork(description as unknown as ModelDescription))
    after = next
  }
  return most
}

/** Where the output of a parameter's block is known: the number of places in it, without batch and channels. */
function placesOf ({ summary, tree }: Described): Map<string, number> {
  const outputs = new Map(summary.map(({ path, output_shape }) => [path, output_shape]))
  const places = new Map<string, number>()
  const visit = ({ path, parameters, children }: BlockNode): void => {
    const dims = outputs.get(path)?.slice(2) ?? []
    if (dims.length > 0 && dims.every(dim => dim > 0)) for (const name of parameters) places.set(name, sizeOf(dims))
    children.forEach(visit)
  }
  visit(tree)
  return places
}

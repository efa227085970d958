/** The spike's engine: sums each item and answers ten floats, a whole batch at once. */
import { attach, type Carrier } from './carriers.ts'
import type { Item } from './frame.ts'

function answer ({ id, values }: Item): Item {
  let sum = 0
  for (const value of values) sum += value
  return { id, values: new Float32Array(10).fill(sum / 784) }
}

attach(process.argv[2] as Carrier, items => items.map(answer))

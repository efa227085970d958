import { problem } from '../../errors.ts'
import { np, type RandomStream } from '../../nn/index.ts'
import { drawRandom, type Input } from '../../operations/index.ts'
import type { HostTensor } from '../../tensor.ts'
import { handler } from './define.ts'

type DrawInput = Input<typeof drawRandom>

/** One draw per distribution, with NumPy's defaults. */
const DRAWS: Readonly<Record<DrawInput['distribution'], (random: RandomStream, input: DrawInput) => HostTensor>> = {
  uniform: (random, { low, high, shape, dtype }) => random.uniform(low, high, shape, dtype),
  normal: (random, { loc, scale, shape, dtype }) => random.normal(loc, scale, shape, dtype),
  randint: (random, { low = 0, high, shape, dtype }) => random.randint(low, high ?? required('randint', 'high'), shape, dtype),
  choice: (random, { a, array, shape, replace, p }) =>
    random.choice(array ?? a ?? required('choice', 'a'), { ...(shape && { size: shape }), ...(replace !== undefined && { replace }), ...(p && { p }) }),
  shuffle: (random, { array }) => random.shuffle(array ?? required('shuffle', 'array')),
  exponential: (random, { scale, shape }) => random.exponential(scale, shape),
  gumbel: (random, { loc, scale, shape }) => random.gumbel(loc, scale, shape),
  logistic: (random, { loc, scale, shape }) => random.logistic(loc, scale, shape),
  rayleigh: (random, { scale, shape }) => random.rayleigh(scale, shape),
  weibull: (random, { a, shape }) => random.weibull(a ?? required('weibull', 'a'), shape),
  pareto: (random, { a, shape }) => random.pareto(a ?? required('pareto', 'a'), shape)
}

export const draw = handler(drawRandom, ({ live, input }) => {
  np.checkShape(input.shape ?? [])
  return DRAWS[input.distribution](live.session.random, input)
})

function required (distribution: string, option: string): never {
  throw problem('random_option', { function: distribution, detail: `${option} is missing` })
}

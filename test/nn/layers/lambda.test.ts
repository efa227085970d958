import t from 'tap'
import { HybridLambda, Lambda } from '../../../src/nn/index.ts'
import * as np from '../../../src/nn/np/index.ts'
import { array, call, counting, inSession, numbers, refuses } from '../harness.ts'

t.test('a Lambda runs the function it is given, with all its arguments', async t => {
  inSession(() => {
    t.same(numbers(call(new Lambda((x, y) => np.add(x as np.NDArray, y as np.NDArray)), counting(2), counting(2))), [2, 4])
    t.same(numbers(call(new Lambda('relu'), array([-1, 2]))), [0, 2])
  })
})

t.test('it prints the name of its function, or that it has none', async t => {
  const twice = (x: unknown): np.NDArray => np.multiply(x as np.NDArray, 2)
  inSession(() => {
    t.equal(String(new Lambda('tanh')), 'Lambda(tanh)')
    t.equal(String(new Lambda(twice)), 'Lambda(twice)')
    t.equal(String(new HybridLambda(x => x)), 'HybridLambda(<lambda>)')
  })
})

t.test('a name that is no function is an error that lists those there are', async t => {
  inSession(() => {
    for (const name of ['relu6', 'constructor']) refuses(t, () => new Lambda(name), 'unknown_function', 'AssertionError', ['lambda', `'${name}'`, '\'abs\''])
  })
})

t.test('functions by name are row-wise, those of the author are not known to be', async t => {
  inSession(() => {
    t.equal(new Lambda('tanh').row_wise, true)
    t.equal(new HybridLambda('tanh').is_hybrid, true)
    t.equal(new Lambda(x => x as np.NDArray).row_wise, false)
  })
})

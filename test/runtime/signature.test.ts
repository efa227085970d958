import t from 'tap'
import { Block, Dense, Sequential, Session, type Argument, type BlockDefinition, type Output } from '../../src/nn/index.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { buildSpec } from '../../src/nn/spec/index.ts'
import type { Signature } from '../../src/operations/schemas/inference.ts'
import { signatureOf } from '../../src/runtime/signature.ts'

const built = (spec: unknown): Signature => signatureOf(new Session().run(() => buildSpec(spec, builtinBlocks())))
const chain = (...children: object[]): object => ({ type: 'Sequential', children })
const shapes = ({ inputs, outputs }: Signature): unknown => [inputs.map(({ shape }) => shape), outputs.map(({ shape }) => shape)]

const DENSE = { type: 'Dense', units: 4, in_units: 3 }
const RELU = { type: 'Activation', activation: 'relu' }
const CUSTOM = { type: 'custom', class: 'Same', init: [], forward: [['return', 'x']] }

t.test('names, datatypes and shapes follow from the blocks; the batch dimension is free', async t => {
  t.same(built(chain(DENSE, { type: 'Dense', units: 2 })), {
    inputs: [{ name: 'data', datatype: 'FP32', shape: [-1, 3] }],
    outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 2] }],
    arguments: [0],
    row_wise: true
  })
})

t.test('what is not known, or deferred, is -1', async t => {
  const cases: ReadonlyArray<[string, object, unknown]> = [
    ['a deferred width', { type: 'Dense', units: 4 }, [[[-1, -1]], [[-1, 4]]]],
    ['blocks that change no shape', chain(RELU, { type: 'Dropout', rate: 0.5 }, DENSE, RELU), [[[-1, 3]], [[-1, 4]]]],
    ['an activation alone', RELU, [[[-1, -1]], [[-1, -1]]]],
    ['nothing at all', chain(), [[[-1, -1]], [[-1, -1]]]],
    ['a Flatten in front', chain({ type: 'Flatten' }, DENSE), [[[-1, -1]], [[-1, 4]]]],
    ['a nested container', chain(chain(RELU), chain(DENSE)), [[[-1, 3]], [[-1, 4]]]],
    ['a program in front', chain(CUSTOM, DENSE), [[[-1]], [[-1, 4]]]],
    ['a program behind', chain(DENSE, CUSTOM), [[[-1, 3]], [[-1]]]],
    ['a program', CUSTOM, [[[-1]], [[-1]]]]
  ]
  for (const [name, spec, expected] of cases) t.same(shapes(built(spec)), expected, name)
})

t.test('a deferred width is known after the first forward', async t => {
  const dense = new Session().run(() => new Dense(4))
  t.same(shapes(signatureOf(dense)), [[[-1, -1]], [[-1, 4]]])
  dense.weight.shape = [4, 7]
  t.same(shapes(signatureOf(dense)), [[[-1, 7]], [[-1, 4]]])
})

class Two extends Block {
  override forward (x: Argument, _y: Argument): Output { return x }
}

/** A layer with a state of two arrays, as recurrent ones have. */
class Stateful extends Block {
  static override readonly definition = {
    type: 'Stateful',
    summary: '',
    parameters: [],
    rowWise: false,
    inputShapes: () => [[-1, -1, 5], [[1, -1, 8], [1, -1, 8]]],
    inferShape: (_block: Block, [input]: ReadonlyArray<readonly number[]>) => [[...(input ?? []).slice(0, 2), 8], [1, -1, 8], [1, -1, 8]]
  } as unknown as BlockDefinition

  override forward (x: Argument, _states: Argument): Output { return x as Output }
}

t.test('several inputs and outputs are numbered, and the arrays of a state count as so many', async t => {
  t.same(signatureOf(new Session().run(() => new Two())).inputs.map(({ name }) => name), ['data0', 'data1'])
  const { inputs, outputs, arguments: structure } = signatureOf(new Session().run(() => new Stateful()))
  t.same(inputs.map(({ name, shape }) => [name, shape]), [['data0', [-1, -1, 5]], ['data1', [1, -1, 8]], ['data2', [1, -1, 8]]])
  t.same(outputs.map(({ name, shape }) => [name, shape]), [['output0', [-1, -1, 8]], ['output1', [1, -1, 8]], ['output2', [1, -1, 8]]])
  t.same(structure, [0, 2])
})

t.test('a class that takes over another\'s definition is not taken for it', async t => {
  class Half extends Sequential {}
  t.same(shapes(signatureOf(new Session().run(() => new Half().add(new Dense(2, { in_units: 3 }))))), [[[-1]], [[-1]]])
})

import t from 'tap'
import { Dense, Sequential, Session, type Block } from '../../src/nn/index.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { buildSpec } from '../../src/nn/spec/index.ts'
import type { ModelDescription } from '../../src/operations/views.ts'
import { describe, stateOf } from '../../src/runtime/description.ts'
import { blockAt, walkBlocks } from '../../src/runtime/walk.ts'

const TIED = {
  type: 'Sequential',
  children: [
    { type: 'Dense', units: 4, in_units: 4, activation: 'relu' },
    { type: 'Sequential', children: [{ type: 'Dense', units: 4, in_units: 4, share: '0' }] },
    { type: 'Dense', units: 2 }
  ]
}

const build = (spec: unknown): Block => new Session().run(() => buildSpec(spec, builtinBlocks()))
function described (spec: unknown, revisions: ReadonlyMap<string, number> = new Map()): ModelDescription {
  const block = build(spec)
  return describe(block, block.collect_params().values(), revisions)
}

t.test('the tree has every block with key, path, name and own parameters', async t => {
  t.match(described(TIED).tree, {
    key: '',
    path: '',
    type: 'Sequential',
    name: 'sequential0',
    parameters: [],
    children: [
      { key: '0', path: '0', type: 'Dense', parameters: ['dense0_weight', 'dense0_bias'], children: [{ key: 'act', path: '0.act', type: 'Activation', children: [] }] },
      { key: '1', path: '1', children: [{ key: '0', path: '1.0', parameters: ['dense0_weight', 'dense0_bias'] }] },
      { key: '2', path: '2', parameters: ['dense2_weight', 'dense2_bias'] }
    ]
  })
})

t.test('a shared parameter is listed once, with all its names and the other blocks that use it', async t => {
  const { parameters } = described(TIED, new Map([['dense0_weight', 7]]))
  t.same(parameters.map(({ name }) => name), ['dense0_weight', 'dense0_bias', 'dense2_weight', 'dense2_bias'])
  t.match(parameters[0], { structural_names: ['0.weight', '1.0.weight'], shared_with: ['1.0'], shape: [4, 4], revision: 7, constant: false })
  t.match(parameters[2], { structural_names: ['2.weight'], shared_with: [], shape: [2, -1], revision: 0 })
})

t.test('counts are of what is known, and -1 while something is not', async t => {
  t.match(described(TIED), { parameter_count: -1, parameter_bytes: -1 })
  const known = { type: 'Sequential', children: [...TIED.children.slice(0, 2), { type: 'Dense', units: 2, in_units: 4, dtype: 'float64' }] }
  t.match(described(known), { parameter_count: 20 + 10, parameter_bytes: 20 * 4 + 10 * 8 }, 'shared ones count once')
})

t.test('the summary has a row per block with shapes as far as they can be told, and shared counts', async t => {
  const { summary } = described(TIED)
  t.same(summary.map(({ path }) => path), ['0.act', '0', '1.0', '1', '2', ''])
  t.match(summary.find(({ path }) => path === '0'), { output_shape: [-1, 4], parameters: 20, trainable: 20, shared: 0 })
  t.match(summary.find(({ path }) => path === '1.0'), { output_shape: [-1, 4], parameters: 20, shared: 20 })
  t.match(summary.find(({ path }) => path === '2'), { output_shape: [-1, 2], parameters: -1, trainable: -1, shared: -1 })
  t.match(summary.at(-1), { type: 'Sequential', output_shape: [-1, 2], parameters: 0 })
})

t.test('the activation inside a layer has the shape of the layer\'s output', async t => {
  const { summary } = described({ type: 'Sequential', children: [{ type: 'Dense', units: 8, in_units: 4 }, { type: 'Dense', units: 3, activation: 'tanh' }] })
  t.match(summary.find(({ path }) => path === '1.act'), { output_shape: [-1, 3] })
})

t.test('a constant has no initializer to choose: it is filled with its value', async t => {
  const spec = { type: 'custom', class: 'C', init: [['constant', 'c', { values: [1, 2] }]], forward: null }
  t.match(described(spec).parameters, [{ name: 'c0_c', constant: true, init: null }])
})

t.test('every block has its repr, by path', async t => {
  const { reprs } = described(TIED)
  t.equal(reprs['1'], 'Sequential(\n  (0): Dense(4 -> 4, linear)\n)')
  t.same(Object.keys(reprs).sort(), ['', '0', '0.act', '1', '1.0', '2'])
})

t.test('the state is that of the parameters together', async t => {
  new Session().run(() => {
    const net = new Sequential().add(new Dense(2), new Dense(2))
    const state = (): string => stateOf(net.collect_params().values())
    t.equal(state(), 'created')
    net.at(0).initialize()
    t.equal(state(), 'initialized')
    net.initialize({ force_reinit: true })
    t.equal(state(), 'initialized', 'while weights wait for the first forward')
    for (const parameter of net.collect_params('.*weight').values()) parameter.set_data([[1], [1]])
    for (const parameter of net.collect_params().values()) parameter.finish_deferred_init()
    t.equal(state(), 'ready')
    t.equal(stateOf([]), 'ready', 'nothing is missing where there is nothing')
  })
})

t.test('blocks are found by path, parents come first', async t => {
  const root = build(TIED)
  t.same([...walkBlocks(root)].map(([path]) => path), ['', '0', '0.act', '1', '1.0', '2'])
  t.equal(blockAt(root, ''), root)
  t.equal(blockAt(root, '1.0')?.class_name, 'Dense')
  for (const path of ['3', '1.', '.0', '1.0.0', '00']) t.equal(blockAt(root, path), undefined)
})

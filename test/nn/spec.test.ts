import t from 'tap'
import { Type } from 'typebox'
import { architecture } from '../../src/nn/architecture.ts'
import { Block, type Argument, type BlockOptions, type Output } from '../../src/nn/block.ts'
import { HybridBlock } from '../../src/nn/hybrid-block.ts'
import { Dense, HybridSequential, Sequential } from '../../src/nn/layers/index.ts'
import type { NDArray } from '../../src/nn/np/array.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { session } from '../../src/nn/session.ts'
import { assembleSpec, buildSpec, validateSpec } from '../../src/nn/spec/index.ts'
import { dense, inSession, names, program, registry, sequential, thrown, type Json } from './program/programs.ts'

const build = (spec: unknown): Block => buildSpec(spec, registry)

/** `pointer` and a part of the message of each mistake, in order of pointers. */
const pointers = (spec: unknown): string[] => inSession(() => validateSpec(spec, registry)).map(({ pointer }) => pointer).sort()
const messages = (spec: unknown): string => inSession(() => validateSpec(spec, registry)).map(({ message }) => message).join('\n')

t.test('a spec builds what the same Gluon program builds, names included', async t => {
  inSession(() => {
    const net = build(sequential(dense(256, { activation: 'relu' }), sequential(dense(10)), { type: 'Dropout', rate: 0.5 }))
    t.equal(net.name, 'sequential0')
    t.equal(String(net), String(new Sequential().add(
      new Dense(256, { activation: 'relu' }), new Sequential().add(new Dense(10)), build({ type: 'Dropout', rate: 0.5 }))))
    t.strictSame(names(net), ['dense0_weight', 'dense0_bias', 'dense1_weight', 'dense1_bias'])
  })
})

t.test('a container takes its number before its children do', async t => {
  inSession(() => {
    const net = build(sequential(sequential(), sequential(sequential())))
    t.equal(net.name, 'sequential0')
    t.strictSame([...net.children.values()].map(child => child.name), ['sequential1', 'sequential2'])
  })
})

t.test('prefix and name_scope name blocks as in Gluon', async t => {
  inSession(() => {
    const net = build({
      type: 'Sequential',
      prefix: 'model_',
      name_scope: true,
      children: [{ type: 'Sequential', name_scope: true, children: [dense(2)] }, dense(2), dense(3, { prefix: 'fc_' })]
    })
    t.strictSame(names(net).filter(name => name.endsWith('weight')), ['model_sequential0_dense0_weight', 'model_dense0_weight', 'model_fc_weight'])
    t.equal(build(dense(1)).name, 'dense0', 'the counters outside of the scope have not moved')
  })
})

t.test('share ties the parameters of a block to those of an earlier one, by path', async t => {
  inSession(() => {
    const net = build(sequential(dense(8), sequential(dense(8)), dense(8, { share: '1.0' }), dense(3)))
    const [first, , third] = [...net.children.values()] as [Dense, Block, Dense]
    t.equal(third.weight, (net.children.get('1')?.children.get('0') as Dense).weight)
    t.not(third.weight, first.weight)
    t.equal(third.name, 'dense2', 'the block itself is another one')
    t.equal(thrown(() => build(sequential(dense(8), dense(9, { share: '0' })))).code, 'sharing_conflict')
    t.strictSame(thrown(() => build(sequential(dense(8), dense(9, { share: '0' })))).mistakes.map(({ pointer }) => pointer), ['/children/1'])
  })
})

t.test('use puts the very same block in once more', async t => {
  inSession(() => {
    const net = build(sequential(dense(5), { type: 'Activation', activation: 'relu' }, { use: '0' }))
    t.equal(net.children.get('2'), net.children.get('0'))
    t.strictSame(names(net), ['dense0_weight', 'dense0_bias'])
  })
})

t.test('share and use only lead to blocks that are complete by then', async t => {
  t.strictSame(pointers(sequential(dense(1, { share: '1' }), dense(1))), ['/children/0/share'], 'a later one')
  t.strictSame(pointers(sequential({ use: '' })), ['/children/0/use'], 'one that contains it')
  t.strictSame(pointers(sequential(dense(1), { use: '0.act' })), ['/children/1/use'], 'none')
  t.match(messages(sequential(dense(1), dense(1, { share: 'x' }))), /no complete block at 'x'.*'0'/)
})

t.test('share finds children of programs by the names they have there', async t => {
  inSession(() => {
    const inner = program([['child', 'a', dense(2)], ['append', sequential(dense(2))], ['child', 'b', dense(2, { share: '0.a' })]], [['return', 'x']])
    const net = build(sequential(inner, dense(2, { share: '0.b' }), dense(2, { share: '0.sequential1.0' })))
    const weights = [...net.children.values()].slice(1).map(child => (child as Dense).weight.name)
    t.strictSame(weights, ['dense0_weight', 'dense1_weight'])
  })
})

t.test('an earlier block of the same model inside a block of code is found by its path', async t => {
  class Twin extends Block {
    readonly left = new Dense(4)
    override forward (x: Argument): Output { return this.left.call(x) }
  }
  inSession(() => {
    const own = builtinBlocks().register(Twin)
    const net = buildSpec(sequential({ type: 'Twin' }, dense(4, { share: '0.left' })), own)
    t.equal((net.children.get('1') as Dense).weight, (net.children.get('0') as Twin).left.weight)
    const error = thrown(() => buildSpec(sequential({ type: 'Twin' }, dense(4, { share: '0.right' })), own))
    t.equal(error.code, 'invalid_spec', 'what a module made is known only once it is made')
    t.strictSame(error.mistakes.map(({ pointer }) => pointer), ['/children/1/share'])
  })
})

t.test('every mistake is told at once, each with its pointer', async t => {
  const spec = {
    type: 'Sequential',
    prefix: 3,
    'a/b~c': 1,
    children: [
      dense(0), dense(1.5), { type: 'Dens' }, { type: 'Dense' }, dense(3, { activation: 'foo' }), dense(3, { weight_initializer: { type: 'Normal', sigm: 1 } }),
      dense(3, { bias_initializer: 'nope' }), 5, null, { units: 3 }, { type: 'Flatten', children: [] }, { type: 'Dropout', rate: 1 }, { type: 'Dense', units: '3', use_bias: 1 },
      dense(1, { name_scope: true }), { type: 'Sequential', children: {} }, { type: 'Sequential', name_scope: 1 }
    ]
  }
  t.strictSame(pointers(spec), [
    '/a~1b~0c', '/children/0/units', '/children/1/units', '/children/10/children', '/children/11/rate', '/children/12/units', '/children/12/use_bias',
    '/children/13/name_scope', '/children/14/children', '/children/15/name_scope', '/children/2/type', '/children/3', '/children/4/activation',
    '/children/5/weight_initializer', '/children/6/bias_initializer', '/children/7', '/children/8', '/children/9', '/prefix'
  ].sort())
  const error = inSession(() => thrown(() => build(spec)))
  t.equal(error.code, 'invalid_spec')
  t.equal(error.mistakes.length, 19)
})

t.test('a mistake says what was received, what is expected, and what exists', async t => {
  t.match(messages(dense(3, { unit: 4 })), /no member 'unit'.*'units', 'activation', 'use_bias'.*'prefix', 'share'/)
  t.match(messages({ type: 'Dens' }), /no block type "Dens".*'Sequential'/)
  t.match(messages(dense(0)), /'units' must be an integer of at least 1; received 0/)
  t.match(messages(dense(3, { activation: 'foo' })), /one of 'relu', .* or null; received "foo"/)
  t.match(messages(dense(3, { weight_initializer: 'nope' })), /no initializer 'nope'.*xavier/)
  t.match(messages(dense(3, { weight_initializer: { type: 'Xavier', rnd_type: 'cauchy' } })), /'rnd_type' must be .*'uniform'.*received "cauchy"/)
})

t.test('depth and number of blocks are bounded', async t => {
  const nested = (depth: number): Json => depth === 1 ? dense(1) : sequential(nested(depth - 1))
  t.equal(pointers(nested(64)).length, 0)
  t.match(messages(nested(65)), /nested 64 deep/)
  t.equal(pointers(sequential(...Array.from({ length: 9999 }, () => dense(1)))).length, 0)
  t.match(messages(sequential(...Array.from({ length: 10_000 }, () => dense(1)))), /10000 blocks/)
  let endless: unknown = dense(1)
  for (let i = 0; i < 100_000; i++) endless = [endless]
  t.match(messages(sequential(endless)), /nested more than 512 deep/)
})

t.test('parameters over the limit are refused before anything is made', async t => {
  const limits = { parameterBytes: 1000, elements: 1000 }
  inSession(() => {
    t.equal(thrown(() => build(dense(20, { in_units: 20 }))).code, 'too_many_parameter_bytes')
    t.equal(build(dense(1)).name, 'dense0', 'nothing was made')
    t.equal(build(dense(10, { in_units: 20 })).collect_params().keys().length, 2)
    t.equal(thrown(() => build(program([['param', 'w', { shape: [16, 16] }]], null))).code, 'too_many_parameter_bytes')
    t.equal(thrown(() => build(program([['constant', 'w', { random: 'uniform', size: [16, 16] }]], null))).code, 'too_many_parameter_bytes')
    t.equal(build(sequential(dense(10, { in_units: 20 }), dense(10, { in_units: 20, share: '0' }))).children.size, 2, 'shared ones count once')
    t.match(validateSpec(dense(1e6, { in_units: 1e6 }), registry).map(({ message }) => message), [/more than 1000 elements/, /more than 1000 elements/, /bytes/])
  }, { limits })
})

t.test('a constant over the limit is not drawn', async t => {
  inSession(() => {
    const before = JSON.stringify(session().random.uniform(0, 1, [1]).data)
    session().random.seed(0)
    thrown(() => build(program([['constant', 'w', { random: 'uniform', size: [16, 16] }]], null)))
    t.equal(JSON.stringify(session().random.uniform(0, 1, [1]).data), before)
  }, { limits: { parameterBytes: 1000 } })
})

t.test('what the code of a module makes counts too', async t => {
  class Wide extends Block {
    readonly layer = new Dense(20, { in_units: 20 })
    override forward (x: Argument): Output { return this.layer.call(x) }
  }
  const own = builtinBlocks().register(Wide)
  inSession(() => t.equal(thrown(() => buildSpec({ type: 'Wide' }, own)).code, 'too_many_parameter_bytes'), { limits: { parameterBytes: 1000 } })
})

t.test('a type may be the name of a stored spec, whose paths are its own', async t => {
  const stored: Record<string, Json> = { tail: sequential(dense(3), dense(3, { share: '0' })), pair: sequential({ type: 'tail' }, { type: 'tail', prefix: 't_' }) }
  const resolve = (name: string): unknown => stored[name]
  inSession(() => {
    const net = buildSpec(sequential(dense(3), { type: 'pair' }), registry, { resolve })
    t.strictSame(names(net).filter(name => name.endsWith('weight')), ['dense0_weight', 'dense1_weight', 'dense3_weight'])
    t.equal(net.children.get('1')?.children.get('1')?.prefix, 't_')
    t.equal(thrown(() => buildSpec({ type: 'pair' }, registry)).code, 'invalid_spec', 'unknown without the resolver')
  })
})

t.test('stored specs that contain each other are refused', async t => {
  const times = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)
  const stored: Record<string, Json> = {
    a: sequential({ type: 'b' }), b: sequential({ type: 'a' }), many: sequential(...times(200, { type: 'few' })), few: sequential(...times(200, dense(1)))
  }
  inSession(() => {
    const resolve = (name: string): unknown => stored[name]
    const check = (type: string): string => validateSpec({ type }, registry, { resolve }).map(({ message }) => message).join()
    t.match(check('a'), /'a' contains itself: 'a' > 'b' > 'a'/)
    t.match(check('many'), /10000 blocks/, 'expansion counts')
    const chain = (name: string): unknown => ({ type: `n${Number(name.slice(1)) + 1}` })
    t.match(validateSpec({ type: 'n0' }, registry, { resolve: chain }), [{ pointer: '', message: /nested 64 deep/ }])
  })
})

t.test('a mistake in a stored spec is told where the spec is named', async t => {
  const resolve = (name: string): unknown => name === 'tail' ? sequential(dense(1), dense(0)) : undefined
  inSession(() => t.strictSame(validateSpec(sequential(dense(1), { type: 'tail' }), registry, { resolve }), [{
    pointer: '/children/1', message: 'In \'tail\' at /children/1/units: \'units\' must be an integer of at least 1; received 0.'
  }]))
})

t.test('blocks that exist already can be shared with and used by name', async t => {
  inSession(() => {
    const shared = new Dense(8)
    const net = buildSpec(sequential({ use: 'v' }, dense(8, { share: 'v' })), registry, { blocks: new Map([['v', shared]]) })
    t.equal(net.children.get('0'), shared)
    t.equal((net.children.get('1') as Dense).weight, shared.weight)
  })
})

t.test('a class of a module is a type: its static options are checked, and given to its constructor', async t => {
  class Scaled extends Block {
    static readonly options = Type.Object({ factor: Type.Number({ minimum: 1 }) })
    static readonly summary = 'Scales.'
    static override readonly row_wise = true
    readonly factor: number
    constructor ({ factor, ...rest }: BlockOptions & { factor: number }) { super(rest); this.factor = factor }
    override forward (x: NDArray): NDArray { return x }
  }
  const own = builtinBlocks().register(Scaled)
  inSession(() => {
    const block = buildSpec({ type: 'Scaled', factor: 2, prefix: 's_' }, own) as Scaled
    t.equal(block.factor, 2)
    t.equal(block.prefix, 's_')
    t.ok(block.row_wise)
    t.strictSame(validateSpec({ type: 'Scaled', factor: 0, other: 1 }, own).map(({ pointer }) => pointer), ['/other', '/factor'])
    t.match(own.catalogue().at(-1), { type: 'Scaled', summary: 'Scales.', source: 'module', row_wise: true, parameters: [] })
  })
})

t.test('a class with an add method takes children', async t => {
  class List extends Block {
    add (child: Block): void { this.register_child(child, `item_${this.children.size}`) }
    override forward (x: Argument): Output { return x }
  }
  inSession(() => {
    const net = buildSpec({ type: 'List', children: [dense(1), dense(1, { share: '0' }), dense(1, { share: 'item_0' })] }, builtinBlocks().register(List))
    t.strictSame([...net.children.keys()], ['item_0', 'item_1', 'item_2'])
    t.strictSame(names(net), ['dense0_weight', 'dense0_bias'])
  })
})

t.test('a subclass of a layer does not inherit what the layer states about itself', async t => {
  class Odd extends Dense {
    override forward (x: NDArray): NDArray { return super.forward(x) }
  }
  inSession(() => {
    t.notOk(new Odd(1).row_wise)
    t.equal(new Odd(1).infer_output_shapes([[1, 2]]), undefined)
    t.ok(new Dense(1).row_wise)
    t.ok(new HybridSequential().add(new Dense(1)).row_wise)
  })
})

t.test('a constructor that throws is a mistake of the spec, with its place', async t => {
  class Fussy extends Block {
    constructor (options: BlockOptions) { super(options); throw new RangeError('not today') }
    override forward (x: Argument): Output { return x }
  }
  inSession(() => {
    const error = thrown(() => buildSpec(sequential(dense(1), { type: 'Fussy' }), builtinBlocks().register(Fussy)))
    t.equal(error.code, 'invalid_spec')
    t.match(error.message, /Fussy cannot be made: not today/)
    t.match(error.mistakes, [{ pointer: '/children/1' }])
    t.ok(error.cause instanceof RangeError)
  })
})

t.test('an architecture is a type that takes its own options only', async t => {
  const own = builtinBlocks()
    .register(architecture(({ width = 2 }: { width?: number }) => new Sequential().add(new Dense(width)), { options: Type.Object({ width: Type.Optional(Type.Integer()) }) }), 'module', 'narrow')
    .register(architecture(sequential({ type: 'narrow' }, dense(3, { share: '0.0' }))), 'module', 'tower')
  inSession(() => {
    t.equal(String(buildSpec({ type: 'narrow', width: 7 }, own)), 'Sequential(\n  (0): Dense(-1 -> 7, linear)\n)')
    t.strictSame(validateSpec({ type: 'narrow', prefix: 'x_' }, own).map(({ pointer }) => pointer), ['/prefix'])
    t.equal(thrown(() => buildSpec(sequential({ type: 'tower' }), own)).code, 'sharing_conflict', 'its paths start at its own root')
  })
})

t.test('a child that is no HybridBlock is told beside the other mistakes', async t => {
  class Hybrid extends HybridBlock { override forward (x: NDArray): Output { return x } }
  const known = builtinBlocks().register(Hybrid)
  const spec = sequential({ type: 'HybridSequential', children: [sequential(), program([], null), dense(1), { type: 'Hybrid' }] }, dense(0))
  const found = inSession(() => validateSpec(spec, known)).map(({ pointer }) => pointer).sort()
  t.same(found, ['/children/0/children/0', '/children/0/children/1', '/children/1/units'])
})

t.test('a child that its container refuses is told with its place', async t => {
  inSession(() => {
    const known = builtinBlocks().register(architecture(() => new Sequential()), 'module', 'plain')
    const error = thrown(() => buildSpec({ type: 'HybridSequential', children: [{ type: 'plain' }] }, known))
    t.equal(error.code, 'not_hybrid')
    t.equal(error.mistakes.length, 1)
  })
})

t.test('assembleSpec makes what Gluon makes, mistakes included', async t => {
  inSession(() => t.equal(String(assembleSpec(dense(3, { activation: 'foo', more: 1 }), registry)), 'Dense(-1 -> 3, Activation(foo))'))
})

t.test('the catalogue has a row for every type, with the schema of its options', async t => {
  const rows = registry.catalogue()
  t.strictSame(rows.map(({ type }) => type), registry.types())
  t.match(rows.find(({ type }) => type === 'Dense'), { source: 'library', parameters: ['weight', 'bias'], row_wise: true, options: { required: ['units'] } })
  t.match(rows.find(({ type }) => type === 'custom'), { row_wise: false, options: { required: ['class', 'init', 'forward'] } })
})

import t from 'tap'
import type { Test } from 'tap'
import { BlockserveError } from '../../src/errors.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'
import { Block, Dense, loadValues, Sequential, structuralValues, type LoadSwitches, type NDArray, type Output } from '../../src/nn/index.ts'
import { call, counting, inSession, numbers } from './harness.ts'

const filled = (value: number, ...shape: number[]): HostTensor =>
  hostTensor('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value))

const two = (): Sequential => new Sequential().add(new Dense(2, { in_units: 3 }), new Dense(1, { in_units: 2 }))

const COMPLETE: ReadonlyArray<[string, HostTensor]> = [
  ['0.weight', filled(1, 2, 3)], ['0.bias', filled(2, 2)], ['1.weight', filled(3, 1, 2)], ['1.bias', filled(4, 1)]
]

const states = (net: Block): string => net.collect_params().values().map(({ state }) => state[0]).join('')
const values = (net: Block): number[][] => net.collect_params().values().map(parameter => numbers(parameter.host()))

/** Asserts an error with all its mistakes, and that it left the block as it was. */
function refusesAll (
  t: Test, net: Block, given: ReadonlyArray<[string, HostTensor]>, switches: LoadSwitches, code: string, mistakes: RegExp[]
): void {
  const before = net.collect_params().values().map(parameter => parameter.snapshot())
  try {
    loadValues(net, new Map(given), switches)
    t.fail('nothing was refused')
  } catch (error) {
    if (!(error instanceof BlockserveError)) throw error
    t.equal(error.code, code)
    t.equal(error.mistakes.length, mistakes.length)
    mistakes.forEach((pattern, i) => t.match(error.mistakes[i]?.message, pattern))
    t.ok(error.message.includes(error.mistakes[0]?.message ?? ''), 'the message has the first mistake')
    if (mistakes.length > 1) t.match(error.message, `${mistakes.length - 1} more`)
  }
  t.same(net.collect_params().values().map(parameter => parameter.snapshot()), before, 'and nothing has changed')
}

t.test('loading by structural names initializes what was not, and reports full names', async t => {
  inSession(() => {
    const net = two()
    t.same(loadValues(net, new Map(COMPLETE)), { loaded: net.collect_params().keys(), missing: [], ignored: [], cast: [] })
    t.equal(states(net), 'rrrr')
    t.same(values(net), [[1, 1, 1, 1, 1, 1], [2, 2], [3, 3], [4]])
  })
})

t.test('loading tells deferred parameters their shapes', async t => {
  inSession(() => {
    const net = new Sequential().add(new Dense(2))
    net.initialize()
    loadValues(net, new Map([['0.weight', filled(5, 2, 7)], ['0.bias', filled(1, 2)]]))
    t.same(net.collect_params('.*weight').values()[0]?.shape, [2, 7])
    t.same(numbers(call(net, counting(1, 7))), [141, 141])
  })
})

t.test('all that is wrong is told at once, and nothing changes', async t => {
  inSession(() => {
    const given: Array<[string, HostTensor]> = [
      ['0.weight', filled(1, 2, 4)],
      ['0.bias', hostTensor('float64', [2], new Float64Array(2))],
      ['1.weight', hostTensor('int32', [2, 2], new Int32Array(4))],
      ['2.weight', filled(0, 1)]
    ]
    refusesAll(t, two(), given, {}, 'load_mismatch', [
      /'dense1_bias' is not in the file, which has '0\.weight'.*allow_missing/,
      /'dense0_weight' has shape \(2, 3\), the file has \(2, 4\)/,
      /'dense0_bias' has dtype float32, the file has float64; cast_dtype/,
      /'dense1_weight' has shape \(1, 2\), the file has \(2, 2\)/,
      /'dense1_weight' has dtype float32, the file has int32/,
      /'2\.weight' of the file is not a parameter here, which are '0\.weight'.*ignore_extra/
    ])
  })
})

t.test('what is only too much is an error of its own kind', async t => {
  inSession(() => {
    refusesAll(t, two(), [...COMPLETE, ['9.weight', filled(0, 1)]], {}, 'load_extra', [/'9\.weight'/])
  })
})

t.test('a rank that differs is a shape that differs', async t => {
  inSession(() => {
    const net = two()
    net.initialize()
    refusesAll(t, net, [...COMPLETE.slice(1), ['0.weight', filled(1, 2, 3, 1)]], {}, 'load_mismatch', [/\(2, 3\), the file has \(2, 3, 1\)/])
  })
})

t.test('allow_missing leaves parameters as they are, ignore_extra skips names; both are reported', async t => {
  inSession(() => {
    const net = two()
    net.initialize({ init: 'zeros' })
    const report = loadValues(net, new Map([COMPLETE[0] as [string, HostTensor], ['x.y', filled(0, 1)]]), { allow_missing: true, ignore_extra: true })
    t.same(report, { loaded: ['dense0_weight'], missing: ['dense0_bias', 'dense1_weight', 'dense1_bias'], ignored: ['x.y'], cast: [] })
    t.same(values(net), [[1, 1, 1, 1, 1, 1], [0, 0], [0, 0], [0]])
  })
})

t.test('cast_dtype converts to the parameter\'s dtype, or with dtype_source saved takes the file\'s', async t => {
  inSession(() => {
    const given = new Map<string, HostTensor>([['0.weight', hostTensor('float64', [1, 1], Float64Array.of(0.1))], ['0.bias', filled(0, 1)]])
    const make = (): Sequential => new Sequential().add(new Dense(1, { in_units: 1 }))
    const [current, saved] = [make(), make()]
    t.same(loadValues(current, given, { cast_dtype: true }).cast, ['dense0_weight'])
    t.same(current.collect_params().values().map(({ dtype }) => dtype), ['float32', 'float32'])
    t.same(values(current)[0], [Math.fround(0.1)])
    loadValues(saved, given, { cast_dtype: true, dtype_source: 'saved' })
    t.same(saved.collect_params().values().map(({ dtype }) => dtype), ['float64', 'float32'])
    t.same(values(saved)[0], [0.1])
    refusesAll(t, make(), [...given], { cast_dtype: true, dtype_source: 'both' as 'saved' }, 'load_mismatch', [])
  })
})

const LEGACY: Readonly<Record<string, (name: string, prefix: string) => string>> = {
  'full names': name => name,
  'names without the prefix of the block': (name, prefix) => name.slice(prefix.length),
  'names of an exported graph': (name, prefix) => name.endsWith('bias') ? `aux:${name}` : `arg:${name.slice(prefix.length)}`
}

class Net extends Block {
  dense: Block
  constructor () {
    super({ prefix: 'net_' })
    this.dense = this.name_scope(() => new Dense(2, { in_units: 3 }))
  }

  override forward (x: NDArray): Output { return this.dense.call(x) }
}

for (const [what, rename] of Object.entries(LEGACY)) {
  t.test(`a file without dots is matched by ${what}`, async t => {
    inSession(() => {
      const net = new Net()
      const given = new Map([['net_dense0_weight', filled(1, 2, 3)], ['net_dense0_bias', filled(2, 2)]].map(([name, value]) =>
        [rename(name as string, net.prefix), value as HostTensor] as const))
      t.same(loadValues(net, given).loaded, ['net_dense0_weight', 'net_dense0_bias'])
      t.same(values(net), [[1, 1, 1, 1, 1, 1], [2, 2]])
    })
  })
}

t.test('full names of another block do not fit', async t => {
  inSession(() => {
    refusesAll(t, new Net(), [['other_dense0_weight', filled(1, 2, 3)]], {}, 'load_mismatch', [/'net_dense0_weight' is not/, /'net_dense0_bias' is not/, /'other_dense0_weight'/])
  })
})

t.test('a file with nothing in it fits a block without parameters alone', async t => {
  inSession(() => {
    t.same(loadValues(new Sequential(), new Map()), { loaded: [], missing: [], ignored: [], cast: [] })
    refusesAll(t, new Sequential().add(new Dense(1)), [], {}, 'load_mismatch', [/which has nothing/, /nothing/])
  })
})

const tied = (): Sequential => {
  const first = new Dense(2, { in_units: 2 })
  return new Sequential().add(first, new Dense(2, { in_units: 2, params: first.params }))
}

t.test('of a shared parameter any one path is enough', async t => {
  inSession(() => {
    const net = tied()
    loadValues(net, new Map([['1.weight', filled(7, 2, 2)], ['0.bias', filled(8, 2)]]))
    t.same(values(net), [[7, 7, 7, 7], [8, 8]])
  })
})

t.test('what was saved is loaded into a block of the same structure whatever its names', async t => {
  inSession(() => {
    const [a, b] = [two(), two()]
    a.initialize()
    loadValues(b, structuralValues(a))
    t.same(values(b), values(a))
    t.notSame(a.collect_params().keys(), b.collect_params().keys())
  })
})

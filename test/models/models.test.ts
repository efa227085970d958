import t from 'tap'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CenteredLayer } from '../../models/centered-layer.ts'
import { chimera } from '../../models/chimera.ts'
import { FancyMLP } from '../../models/fancy-mlp.ts'
import { MLP } from '../../models/mlp.ts'
import { MyDense } from '../../models/my-dense.ts'
import { MyInit } from '../../models/my-init.ts'
import { MySequential } from '../../models/my-sequential.ts'
import { NestMLP } from '../../models/nest-mlp.ts'
import { rgnet } from '../../models/rgnet.ts'
import { tied } from '../../models/tied.ts'
import * as autograd from '../../src/nn/autograd/index.ts'
import type { Block } from '../../src/nn/block.ts'
import { Dense, Sequential } from '../../src/nn/layers/index.ts'
import { scoped } from '../../src/nn/memory.ts'
import { array, hostOf, type NDArray } from '../../src/nn/np/array.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { Session, session, type SessionOptions } from '../../src/nn/session.ts'
import { buildSpec } from '../../src/nn/spec/index.ts'
import { hostTensor } from '../../src/tensor.ts'
import { alike } from '../alike.ts'
import { reference, toSpec } from '../nn/program/programs.ts'

const registry = builtinBlocks()
for (const added of [MLP, MySequential, FancyMLP, NestMLP, CenteredLayer, MyDense]) registry.register(added)
registry.register(chimera, 'module', 'chimera').register(rgnet, 'module', 'rgnet').register(tied, 'module', 'tied')

interface Printed { readonly shape: number[], readonly values: number[] }

const inSession = <T>(fn: () => T, options: SessionOptions = {}): T => new Session({ seed: 0, ...options }).run(() => scoped(fn))
const numbers = (value: NDArray): number[] => [...hostOf(value).data].map(Number)
const expected = (id: string, block: string, op: string): Record<string, unknown> =>
  reference(id).find(step => step.block === block && step.op === op)?.expect as Record<string, unknown>

type Equal = (found: unknown, wanted: unknown, message: string) => boolean

function close (t: { readonly equal: Equal }, actual: number[], { values }: Printed, what: string): void {
  const largest = Math.max(...values.map(Math.abs))
  t.equal(values.findIndex((value, i) => !(Math.abs(value - Number(actual[i])) <= 1e-5 * Math.abs(value) + 1e-6 * largest)), -1, `${what} is the book's`)
}

t.test('the networks of 5.1 have the book\'s names and numbers, drawn one after the other', async t => {
  inSession(() => {
    const x = array(session().random.uniform(0, 1, [2, 20]))
    const nets: Array<[string, () => Block]> = [
      ['net1', () => new Sequential().add(new Dense(256, { activation: 'relu' }), new Dense(10))],
      ['net2', () => new MLP()],
      ['net3', () => new MySequential().add(new Dense(256, { activation: 'relu' })).add(new Dense(10))],
      ['net4', () => new FancyMLP()],
      ['chimera', () => new Sequential().add(new NestMLP(), new Dense(20), new FancyMLP())]
    ]
    for (const [name, make] of nets) {
      const net = make()
      net.initialize()
      const y = net.call(x) as NDArray
      close(t, numbers(y), expected('chapter_5_1_session', name, 'forward').tensor as Printed, name)
      t.strictSame(net.collect_params().keys(), (expected('chapter_5_1_session', name, 'params').params as Array<{ name: string }>).map(param => param.name))
      t.equal(String(net), reference('chapter_5_1_session').find(step => step.of === name && step.what === 'repr')?.expect?.text)
    }
  })
})

t.test('the architectures of 5.2 are what the book builds', async t => {
  inSession(() => {
    const net = buildSpec({ type: 'rgnet' }, registry)
    const text = reference('chapter_5_2_session').find(step => step.of === 'rgnet' && step.what === 'repr')?.expect?.text as string
    t.equal(String(net), text.replaceAll(/Dense\(\d+ ->/g, 'Dense(-1 ->'))
    t.equal(net.name, 'sequential0')
    const shared = buildSpec({ type: 'tied' }, registry)
    const [, second, third] = [...shared.children.values()] as [Dense, Dense, Dense]
    t.equal(second.weight, third.weight)
    t.equal(shared.collect_params().keys().length, 6)
  })
})

t.test('the chimera is built from the other modules\' Blocks', async t => {
  inSession(() => {
    const net = buildSpec({ type: 'chimera' }, registry)
    t.strictSame([...net.children.values()].map(child => child.class_name), ['NestMLP', 'Dense', 'FancyMLP'])
    t.equal(net.name, 'sequential0')
  })
})

t.test('MyInit tells what it fills and draws what the book draws', async t => {
  const lines: string[] = []
  inSession(() => {
    const net = new Sequential().add(new Dense(256, { activation: 'relu', in_units: 20 }), new Dense(10, { in_units: 256 }))
    net.initialize({ init: new MyInit() })
    const weight = (net.at(0) as Dense).weight.host().data as Float32Array
    t.ok(weight.every(value => value === 0 || (Math.abs(value) >= 5 && Math.abs(value) < 10)))
    t.equal(weight[0], 0)
    t.ok(weight.some(value => value !== 0))
  }, { print: line => lines.push(line) })
  t.strictSame(lines, ['Init dense0_weight (256, 20)', 'Init dense1_weight (10, 256)'])
})

/** A network of code and the same as data, both in a session of seed 0: names, output and gradients must be the same bits. */
const PAIRS: Array<[string, () => Block, unknown, number[]]> = [
  ['MLP', () => new MLP(), find('chapter_5_1_session', 'net2'), [2, 20]],
  ['MySequential', () => new MySequential().add(new Dense(256, { activation: 'relu' })).add(new Dense(10)), find('chapter_5_1_session', 'net3'), [2, 20]],
  ['MySequential as a type', () => new MySequential().add(new Dense(4)).add(new Dense(3)), {
    type: 'MySequential', children: [{ type: 'Dense', units: 4 }, { type: 'Dense', units: 3 }]
  }, [2, 5]],
  ['FancyMLP', () => new FancyMLP(), find('chapter_5_1_session', 'net4'), [2, 20]],
  ['NestMLP', () => new NestMLP(), (find('chapter_5_1_session', 'chimera') as { children: unknown[] }).children[0], [2, 20]],
  ['chimera', () => new Sequential().add(new NestMLP(), new Dense(20), new FancyMLP()), find('chapter_5_1_session', 'chimera'), [2, 20]],
  ['CenteredLayer', () => new Sequential().add(new Dense(128), new CenteredLayer()), {
    type: 'Sequential', children: [{ type: 'Dense', units: 128 }, { type: 'custom', class: 'CenteredLayer', init: [], forward: [['return', ['sub', 'x', ['mean', 'x']]]] }]
  }, [4, 8]],
  ['MyDense', () => new MyDense({ units: 3, in_units: 5 }), find('chapter_5_4_session', 'dense'), [2, 5]]
]

function find (id: string, out: string): unknown {
  const step = reference(id).find(item => item.op === 'build' && item.out === out)
  if (step === undefined) throw new Error(`no ${out} in ${id}`)
  return toSpec(step.block)
}

function everything (make: () => Block, shape: number[]): unknown {
  return inSession(() => {
    const net = make()
    net.initialize()
    const x = array(session().random.uniform(0, 1, shape))
    autograd.attach_grad(x)
    const y = autograd.record(() => net.call(x) as NDArray)
    const output = numbers(y)
    autograd.backward(y)
    const trained = net.collect_params().items().filter(([, parameter]) => parameter.grad_req !== 'null')
    const grads = trained.map(([name, parameter]) => [name, [...parameter.host_grad().data].map(Number)])
    const [paths, atInput] = [[...net.collect_params_with_prefix().keys()], [...autograd.grad_of(x).data].map(Number)]
    return { repr: String(net), name: net.name, paths, output, grads, atInput }
  })
}

for (const [name, make, spec, shape] of PAIRS) {
  t.test(`${name} as data is ${name} as code: names, output, gradients`, async t => {
    t.strictSame(everything(() => buildSpec(spec, registry), shape), everything(make, shape))
  })
}

const RUNS: Array<[string, object, number[]]> = [
  ['MLP', {}, [2, 20]], ['FancyMLP', {}, [2, 20]], ['NestMLP', {}, [2, 5]], ['chimera', {}, [2, 5]], ['rgnet', {}, [2, 5]], ['tied', {}, [2, 5]],
  ['CenteredLayer', {}, [3]], ['MyDense', { units: 2, in_units: 5 }, [1, 5]]
]

t.test('every type of the models folder runs from a spec', async t => {
  for (const [type, options, shape] of RUNS) {
    inSession(() => {
      const net = buildSpec({ type, ...options }, registry)
      net.initialize()
      const y = net.call(array(session().random.uniform(0, 1, shape))) as NDArray
      t.ok(numbers(y).every(Number.isFinite), type)
    })
  }
})

t.test('row-wise is said of those whose rows do not mix, and holds', async t => {
  inSession(() => {
    const rows = (type: string, options = {}): boolean => buildSpec({ type, ...options }, registry).row_wise
    t.strictSame(['MLP', 'NestMLP', 'FancyMLP', 'CenteredLayer', 'chimera', 'rgnet', 'tied'].filter(type => rows(type)), ['MLP', 'NestMLP', 'rgnet', 'tied'])
    for (const spec of [{ type: 'MLP' }, { type: 'NestMLP' }, { type: 'MyDense', units: 2, in_units: 6 }]) {
      const net = buildSpec(spec, registry)
      t.ok(net.row_wise)
      net.initialize()
      const x = session().random.uniform(0, 1, [3, 6])
      const whole = numbers(net.call(array(x)) as NDArray)
      const row = (i: number): NDArray => array(hostTensor('float32', [1, 6], x.data.slice(6 * i, 6 * i + 6) as Float32Array<ArrayBuffer>))
      const parts = [0, 1, 2].flatMap(i => numbers(net.call(row(i)) as NDArray))
      t.ok(alike(parts, whole), `${parts.join()} are ${whole.join()}`)
    }
  })
})

t.test('each module is 5 to 30 lines and imports only blockserve', async t => {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../models')
  for (const name of ['mlp', 'my-sequential', 'fancy-mlp', 'nest-mlp', 'chimera', 'rgnet', 'tied', 'centered-layer', 'my-dense', 'my-init']) {
    const text = readFileSync(join(folder, `${name}.ts`), 'utf8')
    const lines = text.trimEnd().split('\n').length
    t.ok(lines >= 5 && lines <= 30, `${name}: ${lines} lines`)
    t.strictSame([...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from), ['blockserve'])
  }
})

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { load, load_parameters, save, save_parameters } from '../src/files.ts'
import { Block, Dense, Sequential, session, type NDArray, type Output } from '../src/nn/index.ts'
import { hostTensor, type HostTensor } from '../src/tensor.ts'
import { array, call, counting, inSession, numbers } from './nn/harness.ts'
import { ROOT } from './source.ts'

const folder = (t: Test): string => t.testdir({})
const fixture = (name: string): string => join(ROOT, 'test/fixtures/gluon/bin', name)
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
const values = (net: Block): number[][] => net.collect_params().values().map(parameter => numbers(parameter.host()))

class MLP extends Block {
  hidden: Block = new Dense(256, { activation: 'relu' })
  output: Block = new Dense(10)
  override forward (x: NDArray): Output { return this.output.call(this.hidden.call(x)) }
}

t.test('the network of the book is saved byte for byte, and loads again', async t => {
  const path = join(folder(t), 'mlp.params')
  const [net, clone] = inSession(() => {
    const made = new MLP()
    made.initialize()
    call(made, array(session().random.uniform(0, 1, [2, 20])))
    return [made, new MLP()] as const
  })
  await save_parameters(net, path)
  t.equal(sha256(path), '17a92bcb80130b7860f0fd2526eda3eaa9597474a39a0b25f1b90d1cf8f1d728')
  const report = await load_parameters(clone, path)
  t.equal(report.loaded.length, 4)
  inSession(() => { t.same(values(clone), values(net)) })
})

t.test('deduplicated parameters are one each in the file', async t => {
  const path = join(folder(t), 'tied.params')
  const net = inSession(() => {
    const first = new Dense(2, { in_units: 2 })
    const tied = new Sequential().add(first, new Dense(2, { in_units: 2, params: first.params }))
    tied.initialize()
    return tied
  })
  await save_parameters(net, path, { deduplicate: true })
  t.same([...(await load(path) as Map<string, HostTensor>).keys()], ['1.weight', '1.bias'])
  t.same((await load_parameters(net, path)).loaded, ['dense0_weight', 'dense0_bias'])
})

t.test('one array, a list, and arrays by name are written as MXNet writes them', async t => {
  const made = folder(t)
  const at = (name: string): string => join(made, name)
  const x = counting(4)
  for (const data of [x, [0, 1, 2, 3], hostTensor('float32', [4], Float32Array.of(0, 1, 2, 3))]) {
    await save(at('x'), data)
    t.equal((await load(at('x')) as HostTensor[]).length, 1)
  }
  const [[left], right] = [[[1, 2]], counting(2, 2)]
  await save(at('list'), [left as number[], right])
  t.same((await load(at('list')) as HostTensor[]).map(({ shape }) => shape), [[2], [2, 2]], 'numbers and arrays mixed are a list')
  for (const dict of [{ b: [1], a: [2] }, new Map([['b', [1]], ['a', [2]]])]) {
    await save(at('dict'), dict)
    const read = await load(at('dict')) as Map<string, HostTensor>
    t.same([...read].map(([name, { data }]) => [name, [...data].map(Number)]), [['b', [1]], ['a', [2]]])
  }
  await save(at('none'), [])
  t.same(await load(at('none')), [])
})

t.test('files of MXNet are read, dtypes and names included', async t => {
  t.same([...(await load(fixture('mlp_5_5.params')) as Map<string, HostTensor>).keys()].length, 4)
  const [half] = await load(fixture('arr_float16.params')) as HostTensor[]
  t.equal(half?.dtype, 'float16')
  t.same(await load(fixture('empty_list.params')), [])
})

t.test('files that are not there, or no parameter files, are named', async t => {
  const missing = join(folder(t), 'missing.params')
  const garbage = join(folder(t), 'garbage.params')
  writeFileSync(garbage, 'not a file of arrays, but long enough for a header')
  const net = inSession(() => new Sequential().add(new Dense(1, { in_units: 1 })))
  await t.rejects(load(missing), { code: 'file_not_found', kind: 'MXNetError', message: /missing\.params/ })
  await t.rejects(load(garbage), { code: 'invalid_file', kind: 'MXNetError' })
  await t.rejects(load_parameters(net, missing), { code: 'parameters_unreadable', kind: 'ValueError', message: /missing\.params/ })
  await t.rejects(load_parameters(net, garbage), { code: 'parameters_unreadable', kind: 'ValueError' })
  await t.rejects(load_parameters(net, fixture('list.params')), { code: 'parameters_unreadable', message: /without names/ })
})

t.test('a load that is refused changes nothing', async t => {
  const path = join(folder(t), 'some.params')
  const net = inSession(() => {
    const made = new Sequential().add(new Dense(1, { in_units: 1 }))
    made.initialize({ init: 'ones' })
    return made
  })
  await save(path, { '0.weight': [[5]], '0.bias': [1, 2] })
  await t.rejects(load_parameters(net, path), { code: 'load_mismatch', message: /\(1,\).*\(2,\)/ })
  inSession(() => { t.same(values(net), [[1], [0]]) })
})

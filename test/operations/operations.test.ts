import t from 'tap'
import { ERRORS } from '../../src/errors.ts'
import { components } from '../../src/operations/schemas/component.ts'
import { forward, OPERATIONS, patchData, readData } from '../../src/operations/index.ts'
import type { Input, Output } from '../../src/operations/index.ts'
import { zeros } from '../../src/tensor.ts'
import type { HostTensor } from '../../src/tensor.ts'

t.test('every operation has a name of its own in camelCase', async t => {
  const names = OPERATIONS.map(operation => operation.name)
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^[a-z]+([A-Z][a-z]+)*$/)
})

t.test('every summary is one line without a full stop, and every error of an operation is in the table once', async t => {
  for (const { name, summary, errors } of OPERATIONS) {
    t.notMatch(summary, /\.$|\n/, `${name}: ${summary}`)
    t.same(errors.filter(code => !(code in ERRORS)), [], name)
    t.equal(new Set(errors).size, errors.length, `${name} names an error twice`)
  }
})

t.test('no two components share a name', async t => {
  const ids = components.map(({ $id }) => $id)
  t.equal(new Set(ids).size, ids.length)
})

t.test('every reference between components resolves', async t => {
  const ids = new Set(components.map(({ $id }) => $id))
  const text = JSON.stringify([components, OPERATIONS.map(({ input, output }) => [input, output])])
  for (const [, id = ''] of text.matchAll(/"\$ref":"([^"]*)#"/g)) t.ok(ids.has(id), id)
})

t.test('handlers receive and answer tensors as HostTensors', async t => {
  const x: HostTensor = zeros('float32', [2])
  const input: Input<typeof forward> = { model: 'seq', inputs: [x, [x, x]], train_mode: true }
  // @ts-expect-error numbers are no tensors once a handler sees them
  t.ok({ model: 'seq', inputs: [[1, 2]] } satisfies Input<typeof forward>)
  const output: Output<typeof forward> = { outputs: [x], captured: { 0: x } }
  const data: Output<typeof readData> = x
  const patch: Input<typeof patchData> = { model: 'seq', parameter: 'w', slice: ':', add: x }
  t.same([input.inputs[0], output.outputs[0], data, patch.add], [x, x, x, x])
})

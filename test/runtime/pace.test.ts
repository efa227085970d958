import t from 'tap'
import type { Request } from '../../src/engine/channel.ts'
import { Pace } from '../../src/runtime/pace.ts'

const request = (operation: string, model: string | null): Request => ({ id: 0, operation, kind: 'read', model, input: null, deadline: Infinity })

t.test('a command counts as slow until it ran once on that model, then as it was last', async t => {
  const pace = new Pace()
  t.equal(pace.expected(request('forward', 'a')), Infinity)
  pace.note(request('forward', 'a'), 5)
  pace.note(request('forward', 'a'), 3)
  t.equal(pace.expected(request('forward', 'a')), 3)
  t.equal(pace.expected(request('forward', 'b')), Infinity)
  t.equal(pace.expected(request('backward', 'a')), Infinity)
})

t.test('any number of models leaves the memory bounded: old paces are forgotten', async t => {
  const pace = new Pace()
  for (let i = 0; i < 10_000; i++) pace.note(request('forward', `model ${i}`), 1)
  t.equal(pace.expected(request('forward', 'model 0')), Infinity)
  t.equal(pace.expected(request('forward', 'model 9999')), 1)
})

import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import t from 'tap'
import {
  createInitializer, Initializer, initializerDefinitions, Normal, registerInitializer, Uniform, Xavier, type Weight
} from '../../../src/nn/initializers/index.ts'
import { RandomStream } from '../../../src/nn/random/stream.ts'

const reference = JSON.parse(readFileSync(new URL('../../../../test/fixtures/gluon/initializers.json', import.meta.url), 'utf8')) as {
  cases: Array<{ id: string, program: Array<{ op: string, spec: string, expect: { text: string } }> }>
}

t.test('string forms make the initializers that MXNet makes of them', async t => {
  const steps = reference.cases.find(({ id }) => id === 'init_create')?.program ?? []
  t.equal(steps.length, 7)
  t.strictSame(steps.map(step => createInitializer(step.spec).dumps()), steps.map(step => step.expect.text))
})

t.test('what an initializer dumps makes an equal one again', async t => {
  for (const { type } of initializerDefinitions()) {
    const made = createInitializer(type)
    t.ok(createInitializer(made.dumps()).equals(made), type)
  }
})

t.test('the catalogue names every initializer once, with options whose defaults are Gluon\'s', async t => {
  const types = initializerDefinitions().map(({ type }) => type)
  t.strictSame(types, ['Uniform', 'Normal', 'Constant', 'Zero', 'One', 'Xavier', 'MSRAPrelu', 'Orthogonal', 'Bilinear', 'LSTMBias'])
  const xavier = initializerDefinitions().find(({ type }) => type === 'Xavier')
  const properties = Object.entries(xavier?.options.properties ?? {}) as Array<[string, { default?: unknown }]>
  const defaults = properties.map(([name, option]) => [name, option.default])
  t.strictSame(defaults, [['rnd_type', 'uniform'], ['factor_type', 'avg'], ['magnitude', 3]])
  t.notOk('required' in (xavier?.options ?? {}), 'every option may be left out')
})

t.test('an instance stands for itself, a flat object for its type and options', async t => {
  const normal = new Normal({ sigma: 0.5 })
  t.equal(createInitializer(normal), normal)
  t.ok(createInitializer({ type: 'NORMAL', sigma: 0.5 }).equals(normal))
})

t.test('initializers are equal when their class and options are', async t => {
  t.ok(new Uniform().equals(new Uniform({ scale: 0.07 })))
  t.notOk(new Uniform().equals(new Uniform({ scale: 0.1 })))
  t.notOk(new Uniform().equals(new Normal()))
  t.notOk(new Uniform().equals({ options: { scale: 0.07 } }))
})

const MISTAKES = [
  ['an unknown name', 'foo', 'unknown_initializer', /There is no initializer 'foo'\. Known: bilinear, constant, .*zeros/],
  ['an unknown option', { type: 'Normal', sigmaa: 1 }, 'unknown_option', /Normal has no option 'sigmaa'\. Its options are: 'sigma'/],
  ['an option of one that has none', { type: 'Zero', scale: 1 }, 'unknown_option', /Zero has no option 'scale'\. Its options are: none/],
  ['a text where a number belongs', { type: 'Normal', sigma: '1' }, 'initializer_option', /sigma must be a number, received "1"/],
  ['a broken text', '["uniform", {', 'initializer_option', /is not valid JSON/]
] as const
for (const [what, spec, code, message] of MISTAKES) {
  t.test(`${what} is refused`, async t => {
    t.throws(() => createInitializer(spec), { code, message })
  })
}

class Halves extends Initializer<{ readonly sign: number }> {
  static readonly definition = { type: 'Halves', aliases: ['half'], options: Type.Object({ sign: Type.Optional(Type.Number({ default: 1 })) }) }

  constructor ({ sign = 1 }: { readonly sign?: number } = {}) {
    super({ sign })
  }

  override init_weight (name: string, weight: Weight, random: RandomStream): void {
    random.fillUniform(weight.data)
    weight.data.forEach((value, i, data) => { data[i] = this.options.sign * Math.round(2 * value) / name.length })
  }
}

t.test('a custom initializer draws from the stream it is given and is known by name once registered', async t => {
  registerInitializer(Halves)
  const [data, random] = [new Float32Array(4), new RandomStream(0)]
  createInitializer({ type: 'half', sign: -1 }).init_weight('ab', { shape: [4], dtype: 'float32', data }, random)
  t.strictSame([...data], [-0.5, -0.5, -0.5, -1])
  t.equal((random.uniform().data as Float32Array)[0], Math.fround(0.60276335))
  t.equal(new Halves().dumps(), '["halves", {"sign": 1}]')
})

t.test('Xavier draws what its magnitude says, in float64 before the draw', async t => {
  const data = new Float32Array(6)
  new Xavier({ factor_type: 'in', magnitude: 12 }).init_weight('w', { shape: [2, 3], dtype: 'float32', data }, new RandomStream(0))
  const unit = [0.5488135, 0.5928446, 0.71518934, 0.84426576, 0.60276335, 0.8579456]
  t.ok(data.every((value, i) => Math.abs(value - (4 * (unit[i] as number) - 2)) < 1e-6))
})

t.test('MXNet\'s texts of an initializer are read: a list, or an object that names it', async t => {
  t.equal(createInitializer('["uniform", {"scale": 0.2}]').dumps(), '["uniform", {"scale": 0.2}]')
  t.equal(createInitializer('{"initializer": "Normal", "sigma": 0.5}').dumps(), '["normal", {"sigma": 0.5}]')
  t.throws(() => createInitializer('{"sigma": 0.5}'), { code: 'unknown_initializer' })
  for (const text of ['{bad', '[bad']) t.throws(() => createInitializer(text), { code: 'initializer_option' })
})

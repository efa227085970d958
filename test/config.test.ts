import t from 'tap'
import { flagOf, readConfig, settingsTable, variableOf } from '../src/config.ts'

t.test('without anything given the documented defaults hold', async t => {
  t.match(readConfig({}), {
    host: '127.0.0.1', port: 8080, data: './data', models: '', backend: 'auto', threads: 'auto', maxModels: 2000, maxBodyBytes: 64 * 1024 * 1024
  })
})

t.test('a flag wins over the environment, the environment over the default', async t => {
  t.equal(readConfig({ BLOCKSERVE_PORT: '90' }).port, 90)
  t.equal(readConfig({ BLOCKSERVE_PORT: '90' }, ['--port', '91']).port, 91)
  t.equal(readConfig({}, ['--max-parameter-bytes=5']).maxParameterBytes, 5)
})

t.test('an empty value counts as not given, other variables are nobody\'s business', async t => {
  t.same(readConfig({ BLOCKSERVE_PORT: '', BLOCKSERVE_SERVICE_HOST: '10.0.0.1', PATH: '/bin' }), readConfig({}))
})

t.test('a bad value is refused by variable, value and what is allowed', async t => {
  const cases: [string, string, RegExp][] = [
    ['BLOCKSERVE_PORT', 'http', /a whole number from 0 to 65535/],
    ['BLOCKSERVE_PORT', '80.5', /a whole number/],
    ['BLOCKSERVE_PORT', '70000', /from 0 to 65535/],
    ['BLOCKSERVE_BACKEND', 'tpu', /auto, .*wasm/],
    ['BLOCKSERVE_THREADS', '0', /auto, or a whole number from 1/],
    ['BLOCKSERVE_LOG_LEVEL', 'loud', /info/],
    ['BLOCKSERVE_MAX_MODELS', '-1', /from 1/]
  ]
  for (const [variable, value, allowed] of cases) {
    t.throws(() => readConfig({ [variable]: value }), { code: 'invalid_setting', message: new RegExp(`${variable} .*'${value}'.*${allowed.source}`) })
  }
})

t.test('an unknown flag is refused with the list of flags', async t => {
  t.throws(() => readConfig({}, ['--prot', '1']), { code: 'unknown_flag', message: /--prot'?\. .*The flags are: --host, --port/s })
  t.throws(() => readConfig({}, ['serve']), { code: 'unknown_flag' })
})

t.test('the table of settings has a row for every setting', async t => {
  const table = settingsTable()
  for (const name of Object.keys(readConfig({})) as (keyof ReturnType<typeof readConfig>)[]) {
    t.match(table, `| \`${variableOf(name)}\` |`)
    t.match(flagOf(name), /^[a-z]+(-[a-z]+)*$/)
  }
})

import t from 'tap'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Block } from '../../src/nn/block.ts'
import { createInitializer } from '../../src/nn/initializers/index.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { Session } from '../../src/nn/session.ts'
import { buildSpec } from '../../src/nn/spec/index.ts'
import { loadModules, OWN_MODELS } from '../../src/runtime/modules.ts'

type Files = Readonly<Record<string, string>>

/** A folder with files, far from any node_modules. */
async function folder (files: Files): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'models-'))
  t.teardown(() => rm(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return path
}

const block = (name: string, body = 'forward (x) { return x }'): string => `import { Block } from 'blockserve'\nexport class ${name} extends Block { ${body} }\n`

t.test('the modules of the package are all registered', async t => {
  const registry = builtinBlocks()
  const { registered, failed } = await loadModules(registry, [OWN_MODELS])
  t.strictSame(failed, [])
  t.strictSame(registered.map(({ name, kind }) => `${kind} ${name}`).sort(), [
    'architecture chimera', 'architecture rgnet', 'architecture tied', 'block CenteredLayer', 'block FancyMLP', 'block MLP', 'block MyDense', 'block MySequential',
    'block NestMLP', 'initializer MyInit'
  ])
  t.equal(createInitializer({ type: 'myinit', low: -1 }).dumps(), '["myinit", {"low": -1}]')
})

t.test('a module anywhere on the disk gets the one running copy of the library', async t => {
  const registry = builtinBlocks()
  const path = await folder({ 'echo.js': block('Echo'), 'other.mjs': block('Other') })
  const { registered, failed } = await loadModules(registry, [path])
  t.strictSame(failed, [])
  t.strictSame(registered, [{ module: 'echo.js', name: 'Echo', kind: 'block' }, { module: 'other.mjs', name: 'Other', kind: 'block' }])
  new Session().run(() => {
    const made = buildSpec({ type: 'Sequential', children: [{ type: 'Echo' }, { type: 'Other' }] }, registry)
    t.ok([...made.children.values()].every(child => child instanceof Block))
  })
})

t.test('a .js file is an ES module whatever the package.json around it says', async t => {
  const path = await folder({ 'package.json': '{"type":"commonjs"}', 'a.js': `import { one } from './parts/one.js'\n${block('Esm')}export const width = one\n`, 'parts/one.js': 'export const one = 1\n' })
  const { registered, failed } = await loadModules(builtinBlocks(), [path])
  t.strictSame(failed, [])
  t.strictSame(registered.map(({ name }) => name), ['Esm'], 'and files below the folder can be imported, but are no modules of their own')
})

t.test('a module that is linked into the folder finds the library too', async t => {
  const real = await folder({ 'linked.js': block('Linked') })
  const path = await folder({})
  await symlink(join(real, 'linked.js'), join(path, 'here.js'))
  const { registered, failed } = await loadModules(builtinBlocks(), [path])
  t.strictSame(failed, [])
  t.strictSame(registered, [{ module: 'here.js', name: 'Linked', kind: 'block' }])
})

t.test('a module that fails is told by name with the reason, and the rest is served', async t => {
  const path = await folder({
    'good.js': block('Good'),
    'throws.js': 'throw new Error("no disk")\n',
    'odd.js': 'throw 7\n',
    'syntax.js': 'export const = 1\n',
    'missing.js': 'import "not-there"\n',
    'wrong.js': 'import { Nonsense } from "blockserve"\n',
    'empty.js': 'export const x = 1\n',
    'unnamed.js': 'import { Block } from "blockserve"\nexport default class extends Block {}\n',
    'options.js': block('Bad', 'static options = 3'),
    'notes.txt': 'not a module',
    'types.d.ts': 'export {}'
  })
  const registry = builtinBlocks()
  const { registered, failed } = await loadModules(registry, [path, join(path, 'nowhere')])
  t.strictSame(registered.map(({ name }) => name), ['Good'])
  const reasons = Object.fromEntries(failed.map(({ module, reason }) => [module, reason]))
  t.match(reasons, {
    'throws.js': 'Error: no disk',
    'odd.js': 'it threw 7',
    'syntax.js': /SyntaxError/,
    'missing.js': /not-there/,
    'wrong.js': /Nonsense/,
    'empty.js': /no Block, architecture or initializer/,
    'unnamed.js': /without a name/,
    'options.js': /options of 'Bad'/,
    [join(path, 'nowhere')]: /ENOENT/
  })
  t.equal(failed.length, 9)
  t.notOk(registry.types().includes('Bad'))
})

t.test('a module that hangs is told after a while, and the rest is served', async t => {
  const path = await folder({ 'good.js': block('Good') })
  // Loaded once, so that only the other module takes time.
  await loadModules(builtinBlocks(), [path])
  await writeFile(join(path, 'hangs.js'), 'await new Promise(() => {})\n')
  const { registered, failed } = await loadModules(builtinBlocks(), [path], { timeout_ms: 1000 })
  t.strictSame(registered.map(({ name }) => name), ['Good'])
  t.strictSame(failed, [{ module: 'hangs.js', reason: 'it did not finish loading within 1000 ms' }])
})

t.test('a name stays with its first owner', async t => {
  const first = await folder({ 'a.js': block('Same') + block('Dense').split('\n')[1] + '\n' })
  const second = await folder({ 'b.js': `import { Initializer, architecture } from 'blockserve'\n${block('Same')}export class Xavier extends Initializer {}\nexport const Fresh = architecture({ type: 'Same' })\n` })
  const registry = builtinBlocks()
  const { registered, failed } = await loadModules(registry, [first, second])
  t.strictSame(registered.map(({ module, name }) => [module, name]), [['a.js', 'Same'], ['b.js', 'Fresh']])
  t.match(failed, [{ module: 'a.js', reason: /'Dense' is the name of another block type/ }, { module: 'b.js', reason: /'Same' is .*'Xavier' is the name of another initializer/ }])
  t.equal(registry.get('Dense')?.source, 'library')
})

t.test('a module may pass on what another one exports', async t => {
  const path = await folder({ 'a.js': block('Passed'), 'b.js': 'export { Passed, Passed as Again } from "./a.js"\n' })
  const { registered, failed } = await loadModules(builtinBlocks(), [path])
  t.strictSame(failed, [])
  t.strictSame(registered.map(({ name }) => name), ['Passed'])
})

t.test('a custom initializer is known by its class name, with its options checked', async t => {
  const path = await folder({
    'init.js': 'import { Initializer, Type } from "blockserve"\nexport class Ramp extends Initializer {\n  static options = Type.Object({ step: Type.Number() })\n' +
      '  init_weight (name, weight) { weight.data.forEach((_, i, data) => { data[i] = i * this.options.step }) }\n}\n'
  })
  const registry = builtinBlocks()
  const { failed } = await loadModules(registry, [path])
  t.strictSame(failed, [])
  new Session().run(() => {
    const dense = buildSpec({ type: 'Dense', units: 2, in_units: 2, weight_initializer: { type: 'Ramp', step: 0.5 } }, registry)
    dense.initialize()
    t.strictSame([...dense.collect_params().at('dense0_weight').host().data], [0, 0.5, 1, 1.5])
    t.throws(() => buildSpec({ type: 'Dense', units: 2, weight_initializer: { type: 'Ramp', stride: 1 } }, registry), { code: 'invalid_spec' })
  })
})

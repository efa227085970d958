import t from 'tap'
import ts from 'typescript'
import { importsOf, nodes, place, sourceFiles, type Import, type SourceFile } from './source.ts'

interface Rule {
  /** Parts of src it may import; types count as well. */
  readonly ours: string
  /** Packages it may import; modules of Node are free, but for the rules below. */
  readonly packages: string
  readonly why: string
}

/** Who may import whom: one row per folder of src, or file at its top. */
const TABLE: Readonly<Record<string, Rule>> = {
  tensor: { ours: '', packages: '', why: 'The vocabulary of all: a leaf.' },
  errors: { ours: '', packages: '', why: 'The one table of errors: a leaf.' },
  patterns: { ours: 'errors', packages: 're2js', why: 'Patterns of users mean the same in both processes: a leaf.' },
  float16: { ours: '', packages: '', why: 'The bits of half precision mean the same everywhere: a leaf.' },
  slicing: { ours: 'errors tensor', packages: '', why: 'Slices mean the same in both processes: a leaf.' },
  folders: { ours: '', packages: '', why: 'Folders are made the same way everywhere: a leaf.' },
  heap: { ours: '', packages: '', why: 'Both processes keep their heaps the same way: a leaf.' },
  log: { ours: '', packages: 'pino', why: 'Both processes log the same way: a leaf.' },
  config: { ours: 'errors', packages: 'env-schema typebox', why: 'Settings are read before anything exists.' },
  operations: { ours: 'errors tensor', packages: 'typebox', why: 'What the two processes agree on; it runs nothing.' },
  formats: { ours: 'errors tensor', packages: '', why: 'Bytes and named tensors: no disk, no library of tensors.' },
  nn: {
    ours: 'errors float16 patterns tensor',
    packages: '@tensorflow/tfjs-core @tensorflow/tfjs-layers typebox typebox/value',
    why: 'The Block library: mathematics, and TensorFlow.js without a backend.'
  },
  backend: {
    ours: 'errors operations tensor',
    packages: '@tensorflow/tfjs-backend-cpu @tensorflow/tfjs-backend-wasm @tensorflow/tfjs-core @tensorflow/tfjs-layers typebox',
    why: 'Alone in loading what computes; of the operations it takes the types of its report.'
  },
  store: { ours: 'errors folders tensor', packages: 'lmdb', why: 'Alone in knowing where things lie.' },
  engine: { ours: 'errors', packages: '', why: 'Processes, queues, time: it carries messages without looking inside.' },
  dataplane: { ours: 'engine errors operations patterns slicing store tensor', packages: 'lru-cache', why: 'Answers from the store, or asks an engine.' },
  wire: {
    ours: 'errors float16 operations tensor',
    packages: '',
    why: 'Tensors and the Open Inference Protocol as they cross, whatever carries them.'
  },
  http: {
    ours: 'config dataplane errors operations wire',
    packages: '@fastify/swagger @fastify/swagger-ui ajv fastify fastify-plugin lru-cache openapi-types prom-client typebox',
    why: 'A transport; all it knows of the product is the operations.'
  },
  grpc: {
    ours: 'config dataplane errors operations tensor wire',
    packages: '@grpc/grpc-js @grpc/proto-loader @grpc/reflection grpc-health-check',
    why: 'Another transport, of the same operations.'
  },
  runtime: {
    ours: 'backend engine errors float16 formats heap log nn operations slicing store tensor',
    packages: 'lru-cache pino typebox',
    why: 'The engine process. Of `engine` it takes the channel and the codec.'
  },
  files: { ours: 'errors formats nn tensor', packages: '', why: 'Files of the library, without a server.' },
  provision: {
    ours: 'backend errors folders',
    packages: '@tensorflow/tfjs-core yauzl',
    why: 'Makes builds of TensorFlow, and checks them through what the server itself loads them with.'
  },
  'engine-setups': {
    ours: 'config engine operations runtime', packages: '', why: 'Which engine processes there are; of `runtime` it knows the shape of their settings.'
  },
  index: { ours: 'backend errors files nn tensor', packages: 'typebox', why: 'What `import … from \'blockserve\'` gives.' },
  app: { ours: 'config dataplane errors http', packages: 'fastify', why: 'Puts the front process together from what it is given.' },
  main: {
    ours: 'app config dataplane engine engine-setups errors grpc heap log operations store',
    packages: 'close-with-grace fastify pino',
    why: 'The edge of the front process; of `operations` it knows what an engine says of itself.'
  }
}

const src = sourceFiles('src')
const models = sourceFiles('models')
const everything = [...src, ...models, ...sourceFiles('test'), ...sourceFiles('bench'), ...sourceFiles('scripts')]

const partOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
const words = (text: string): string[] => text.split(' ').filter(word => word !== '')

function foreign (file: SourceFile): Array<{ name: string, kind: 'ours' | 'packages' }> {
  return importsOf(file).filter(({ target }) => !target.startsWith('node:')).map(({ target, ours }) =>
    ours ? { name: partOf(target), kind: 'ours' as const } : { name: target, kind: 'packages' as const }
  ).filter(({ name }) => name !== partOf(file.path))
}

t.test('every part of src imports what the table allows it, and nothing else', async t => {
  for (const file of src) {
    const rule = TABLE[partOf(file.path)]
    if (rule === undefined) { t.fail(`${file.path} belongs to no row of the table`); continue }
    for (const { name, kind } of foreign(file)) {
      if (!words(rule[kind]).includes(name)) t.fail(`${file.path} imports ${name}, but: ${rule.why}`)
    }
  }
  t.ok(src.filter(file => foreign(file).length > 0).length > 100, 'the scan sees the imports')
})

t.test('the table allows nothing that is not used', async t => {
  for (const [part, rule] of Object.entries(TABLE)) {
    const used = new Set(src.filter(file => partOf(file.path) === part).flatMap(foreign).map(({ name }) => name))
    const unused = [...words(rule.ours), ...words(rule.packages)].filter(name => !used.has(name))
    t.same(unused, [], `${part} uses all it is allowed`)
  }
})

t.test('no file imports itself by way of others', async t => {
  const graph = new Map(src.map(file => [file.path, importsOf(file).filter(isValue).map(({ target }) => target)]))
  t.same(cyclesOf(graph), [])
  t.same(cyclesOf(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]])), ['b → c → b'], 'a cycle would be found')
})

const isValue = ({ ours, typeOnly }: Import): boolean => ours && !typeOnly

function cyclesOf (graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const walk = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) { cycles.push([...above.slice(above.indexOf(path)), path].join(' → ')); return }
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...above, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return cycles
}

t.test('the architectures that come with the package import the library by its name alone', async t => {
  t.ok(models.length >= 8)
  for (const file of models) t.same([...new Set(importsOf(file).map(({ target }) => target))], ['blockserve'], file.path)
})

const ENVIRONMENT: Readonly<Record<string, string>> = {
  'src/main.ts': 'the edge of the process: settings come in here',
  'src/provision/main.ts': 'the edge of the program that makes builds',
  'src/backend/native.ts': 'TensorFlow reads its settings from the environment, and its probe runs in a child process'
}

const EXITS: Readonly<Record<string, string>> = {
  'src/main.ts': 'the edge of the process',
  'src/runtime/serve.ts': 'the engine process ends with its channel'
}

t.test('the environment is read, and the process ended, at the edges alone', async t => {
  t.same(filesWith('process.env'), Object.keys(ENVIRONMENT).sort())
  t.same(filesWith('process.exit'), Object.keys(EXITS).sort())
})

const filesWith = (expression: string): string[] => [...src, ...models].filter(({ tree }) =>
  [...nodes(tree)].some(node => ts.isPropertyAccessExpression(node) && node.getText(tree) === expression)).map(({ path }) => path).sort()

const DISK: ReadonlyArray<[RegExp, string]> = [
  [/^src\/store\//, 'where things lie'],
  [/^src\/folders\.ts$/, 'how a folder is made, for all of them'],
  [/^src\/files\.ts$/, 'the library\'s own files'],
  [/^src\/runtime\/modules\.ts$/, 'the folders of architectures'],
  [/^src\/backend\//, 'builds of TensorFlow'],
  [/^src\/provision\//, 'making builds of TensorFlow']
]

t.test('only the store knows the disk, but for what is no data of the server', async t => {
  const onDisk = [...src, ...models].filter(file => importsOf(file).some(({ target }) => /^node:fs(\/|$)/.test(target))).map(({ path }) => path)
  t.same(onDisk.filter(path => !DISK.some(([allowed]) => allowed.test(path))), [])
  for (const [allowed, what] of DISK) t.ok(onDisk.some(path => allowed.test(path)), what)
})

t.test('no file has more than 400 lines', async t => {
  t.same(everything.filter(({ text }) => text.split('\n').length > 401).map(({ path }) => path), [])
})

t.test('nothing is of type any', async t => {
  const isAny = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.AnyKeyword
  t.same(everything.flatMap(file => [...nodes(file.tree)].filter(isAny).map(node => place(file, node))), [])
  const sample = ts.createSourceFile('sample.ts', 'const x = [] as any', ts.ScriptTarget.Latest, true)
  t.ok([...nodes(sample)].some(isAny), 'one would be found')
})

t.test('only plugins of Fastify are default exports', async t => {
  const exporting = src.filter(({ tree }) => [...nodes(tree)].some(isDefaultExport)).map(({ path }) => path)
  t.same(exporting.filter(path => !/^src\/http\/(plugins|routes)\//.test(path)), [])
  t.ok(exporting.length > 0, 'and those there are are seen')
})

function isDefaultExport (node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  return ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
}

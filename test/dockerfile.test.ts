import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { importsOf, ROOT, sourceFiles } from './source.ts'

const files = new Map(sourceFiles('src').map(file => [file.path, file]))

/** The files that are loaded with these. */
function loadedWith (paths: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>()
  const load = (path: string): void => {
    const file = files.get(path)
    if (file === undefined || loaded.has(path)) return
    loaded.add(path)
    for (const { target, ours, typeOnly } of importsOf(file)) if (ours && !typeOnly) load(target)
  }
  paths.forEach(load)
  return loaded
}

/** What a stage of the Dockerfile copies of the built program, as paths of its source. */
function copiedIn (stage: string): string[] {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  const lines = dockerfile.split(/^FROM /m).find(text => text.split('\n', 1)[0]?.endsWith(` AS ${stage}`))?.split('\n') ?? []
  return lines.filter(line => line.startsWith('COPY --from=build ')).flatMap(line => line.split(' ').slice(2, -1))
    .map(path => path.replace('/app/dist/', '').replace(/\.js$/, '.ts'))
}

t.test('the stage that builds TensorFlow has every file that the script loads', async t => {
  const copied = copiedIn('toolchain')
  const loaded = loadedWith([...files.keys()].filter(path => path.startsWith('src/provision/')))
  t.ok(loaded.size > 30, `${loaded.size} files`)
  t.same([...loaded].filter(path => !copied.some(part => path === part || path.startsWith(`${part}/`))), [])
})

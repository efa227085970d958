/**
 * Writes the generated documentation (`--write`), or exits 1 when it differs from what the code says (`--check`):
 * docs/errors.md, and the table of settings between its markers in the README.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { settingsTable } from '../src/config.ts'
import { errorsPage } from '../src/http/openapi/errors-page.ts'

interface Page {
  readonly path: string
  /** The text it should have, given the one it has; undefined when it has no place for it. */
  readonly render: (text: string) => string | undefined
}

const MARKED = /<!-- settings -->[^]*<!-- \/settings -->/

const PAGES: readonly Page[] = [
  { path: 'docs/errors.md', render: () => errorsPage() },
  {
    path: 'README.md',
    render: text => MARKED.test(text) ? text.replace(MARKED, () => `<!-- settings -->\n${settingsTable()}<!-- /settings -->`) : undefined
  }
]

/** The compiled script lies one folder deeper than the source. */
const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

async function handle ({ path, render }: Page, write: boolean): Promise<string | undefined> {
  const file = fileOf(path)
  const text = await readFile(file, 'utf8').catch(() => '')
  const wanted = render(text)
  if (wanted === undefined) return `${path} has no markers <!-- settings --> and <!-- /settings -->; put them where the table belongs.`
  if (wanted === text) return undefined
  if (!write) return `${path} is not what the code says. Run npm run docs and commit the result.`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, wanted)
  return undefined
}

const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } })
if (values.write === true || values.check === true) {
  for (const page of PAGES) {
    const complaint = await handle(page, values.write === true)
    if (complaint === undefined) continue
    console.error(complaint)
    process.exitCode = 1
  }
}

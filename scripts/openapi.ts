/** Writes openapi/openapi.json (`--write`), or exits 1 when it differs from what the code says (`--check`). */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openapiDocument } from '../src/http/openapi/document.ts'

// The compiled script lies one folder deeper than the source.
const FILE = new URL('../../openapi/openapi.json', import.meta.url)
const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } })
const text = JSON.stringify(openapiDocument(), null, 2) + '\n'

if (values.write === true) await writeFile(FILE, text)

if (values.check === true && await readFile(FILE, 'utf8').catch(() => '') !== text) {
  console.error('openapi/openapi.json is not what the code says. Run npm run openapi and commit the result.')
  process.exitCode = 1
}

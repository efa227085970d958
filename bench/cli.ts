/** `npm run bench -- NAME`: runs one scenario; the last line is `NAME key=value …`. */
import { parseArgs } from 'node:util'
import { forward } from './forward.ts'

const SCENARIOS: Readonly<Record<string, (print: (line: string) => void) => Promise<string>>> = { forward }

const print = (line: string): void => { process.stdout.write(`${line}\n`) }
const { positionals: [name = ''] } = parseArgs({ allowPositionals: true })
const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
if (scenario === undefined) {
  process.stderr.write(`There is no scenario '${name}'. Scenarios: ${Object.keys(SCENARIOS).join(', ')}\n`)
  process.exitCode = 1
} else {
  print(await scenario(print))
}

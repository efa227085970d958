/** `npm run bench -- NAME`: runs one scenario; the last line is `NAME key=value …`. */
import { engine } from './engine/index.ts'
import { forward } from './forward.ts'
import { serving } from './serving/index.ts'

type Scenario = (print: (line: string) => void, args: readonly string[]) => Promise<string>

const SCENARIOS: Readonly<Record<string, Scenario>> = { engine, forward, serving }

const print = (line: string): void => { process.stdout.write(`${line}\n`) }
const [name = '', ...args] = process.argv.slice(2)
const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
if (scenario === undefined) {
  process.stderr.write(`There is no scenario '${name}'. Scenarios: ${Object.keys(SCENARIOS).join(', ')}\n`)
  process.exitCode = 1
} else {
  print(await scenario(print, args))
}

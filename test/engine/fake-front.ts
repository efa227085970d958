/** A front that starts a fake engine, sends it the command of its argument, and then only lives. */
import { startEngine } from '../../src/engine/engine.ts'
import { entry, Log } from './harness.ts'

const [operation = 'echo', input = 'null'] = process.argv.slice(2)
const engine = await startEngine({ entry, config: {}, log: new Log() })
engine.call({ operation, kind: 'infer', model: null, input: JSON.parse(input), deadline: Date.now() + 60_000 }).catch(() => {})
setInterval(() => {}, 1 << 30)
setImmediate(() => { process.stdout.write(`${engine.status().pid}\n`) })

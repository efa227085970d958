/**
 * `npm run soak -- [--backend native-cpu] [--starts 200] [--kills 50] [--forwards 350000] [--backwards 60000]`: lets engine processes live,
 * work and die. The last line is `soak key=value …`; exits with 1 when anything is not as it should be.
 */
import { parseArgs } from 'node:util'
import { backendNamed } from '../backends.ts'
import { describePhase, soak, type Amounts } from './report.ts'
import { growth } from './steady.ts'

const MOST_GROWTH = 0.03
const FULL: Amounts = { starts: 200, kills: 50, forwards: 350_000, backwards: 60_000 }

const { values } = parseArgs({
  options: { backend: { type: 'string', default: 'wasm' }, starts: { type: 'string' }, kills: { type: 'string' }, forwards: { type: 'string' }, backwards: { type: 'string' } }
})
const amount = (name: keyof Amounts): number => values[name] === undefined ? FULL[name] : Number(values[name])
const amounts = { starts: amount('starts'), kills: amount('kills'), forwards: amount('forwards'), backwards: amount('backwards') }

const backend = backendNamed(values.backend)
const { phases, seconds, faults, stderr } = await soak(backend, amounts, MOST_GROWTH)
const bad = [...faults, ...stderr === '' ? [] : [`standard error: ${stderr}`]]
console.log([...phases.map(describePhase), ...bad.map(fault => `FAULT ${fault}`)].join('\n'))
const parts = [
  ...Object.entries(amounts), ...Object.entries(seconds).map(([name, s]) => [`${name}_s`, s.toFixed(1)] as const),
  ...phases.map(phase => [`${phase.name}_growth`, growth(phase).toFixed(4)] as const), ['faults', bad.length] as const
]
console.log(`soak backend=${backend} ${parts.map(([name, value]) => `${name}=${value}`).join(' ')}`)
process.exitCode = bad.length === 0 ? 0 : 1

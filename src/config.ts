import { parseArgs } from 'node:util'
import { envSchema } from 'env-schema'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { problem } from './errors.ts'

const text = (fallback: string, description: string, pattern?: string) =>
  Type.String({ default: fallback, description, ...pattern !== undefined && { pattern } })
const choice = <const T extends string>(values: readonly T[], fallback: T, description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], default: fallback, description })
const integer = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })

const MIB = 1024 * 1024
const HOUR_MS = 3_600_000

/** Every setting of the server, by its name in the program. `maxModels` is BLOCKSERVE_MAX_MODELS and --max-models. */
const Settings = Type.Object({
  host: text('127.0.0.1', 'Address to listen on'),
  port: integer(8080, 0, 65535, 'Port of HTTP; 0 picks a free one'),
  grpcPort: integer(8081, 0, 65535, 'Port of gRPC; 0 is none. Where the default is taken the server does without'),
  data: text('./data', 'Folder of models, checkpoints and arrays'),
  models: text('', 'Extra folder of architectures: compiled JavaScript modules'),
  backend: choice(['auto', 'cuda', 'native', 'wasm'], 'auto', 'What computes: TensorFlow with CUDA, TensorFlow on the CPU, or WebAssembly; auto takes the first that works'),
  native: text('', 'Folder of TensorFlow\'s native builds, or one build; empty is blockserve/native in the user\'s cache folder'),
  threads: text('auto', 'Threads of one operation, each on a core that is free for it; auto is what suits the saved models', '^(auto|[1-9][0-9]{0,2})$'),
  engines: text('1', 'Engine processes: inferences spread over them; auto is one per GPU, else one for every two cores', '^(auto|[1-9][0-9]{0,2})$'),
  logLevel: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', 'Least severe lines to log'),
  maxBodyBytes: integer(64 * MIB, 1024, 2 ** 31 - 1, 'Largest request body'),
  maxModels: integer(2000, 1, 1_000_000, 'Most models'),
  maxParameterBytes: integer(1024 * MIB, 1, Number.MAX_SAFE_INTEGER, 'Most bytes in the parameters of one model'),
  maxVersionBytes: integer(1024 * MIB, 1, Number.MAX_SAFE_INTEGER, 'Most bytes in the checkpoints that inferences keep in memory, all together'),
  maxCacheBytes: integer(256 * MIB, 0, Number.MAX_SAFE_INTEGER, 'Most bytes of answers that models keep, all together; 0 keeps none'),
  maxElements: integer(2 ** 28, 1, 2 ** 31 - 1, 'Most elements in one tensor'),
  maxBatch: integer(32, 1, 4096, 'Most requests in one batch'),
  maxQueue: integer(1000, 1, 1_000_000, 'Most requests that wait for one model'),
  requestTimeoutMs: integer(60_000, 1, HOUR_MS, 'Time until a request is given up'),
  shutdownTimeoutMs: integer(30_000, 1, HOUR_MS, 'Time a graceful stop may take')
})

export type Config = Static<typeof Settings>

type Setting = keyof Config
interface Row { readonly type: string, readonly default: string | number, readonly description: string }
interface Limits { readonly enum?: readonly string[], readonly pattern?: string, readonly minimum?: number, readonly maximum?: number }

const rows = Object.entries(Settings.properties) as unknown as [Setting, Row & Limits][]
const spaced = (name: string, separator: string): string => name.replace(/[A-Z]/g, capital => separator + capital)
export const variableOf = (name: Setting): string => `BLOCKSERVE_${spaced(name, '_').toUpperCase()}`
export const flagOf = (name: Setting): string => spaced(name, '-').toLowerCase()

function allowedOf (row: Row & Limits): string {
  if (row.enum !== undefined) return row.enum.join(', ')
  if (row.pattern !== undefined) return 'auto, or a whole number from 1 to 999'
  return row.type === 'integer' ? `a whole number from ${row.minimum} to ${row.maximum}` : 'text'
}

/**
 * The settings: flags (`--port 80`), then the environment (`BLOCKSERVE_PORT`), then defaults. An empty value counts as not given.
 * Throws `invalid_setting`, naming variable, value and what is allowed, and `unknown_flag`.
 */
export function readConfig (environment: Readonly<Record<string, string | undefined>>, args: readonly string[] = []): Config {
  const flags = readFlags(args)
  const given: Record<string, string> = {}
  for (const [name] of rows) {
    const value = flags[flagOf(name)] ?? environment[variableOf(name)]
    if (value !== undefined && value !== '') given[name] = value
  }
  return check(given)
}

/** Whether a setting was given, and is not a default. */
export function isGiven (name: Setting, environment: Readonly<Record<string, string | undefined>>, args: readonly string[] = []): boolean {
  const value = readFlags(args)[flagOf(name)] ?? environment[variableOf(name)]
  return value !== undefined && value !== ''
}

function readFlags (args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(rows.map(([name]) => [flagOf(name), { type: 'string' as const }]))
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw problem('unknown_flag', { detail: (error as Error).message.replace(/\.?$/, '.'), known: Object.keys(options).map(flag => `--${flag}`).join(', ') })
  }
}

function check (given: Record<string, string>): Config {
  try {
    return envSchema<Config>({ schema: structuredClone(Settings), data: given, env: false })
  } catch (error) {
    throw invalidSetting(given, error)
  }
}

function invalidSetting (given: Record<string, string>, error: unknown): Error {
  const [first] = (error as { errors?: { instancePath: string }[] }).errors ?? []
  const row = rows.find(([name]) => first?.instancePath === `/${name}`)
  if (row === undefined) return error as Error
  const [name, limits] = row
  return problem('invalid_setting', { variable: variableOf(name), flag: `--${flagOf(name)}`, value: given[name], allowed: allowedOf(limits) }, { cause: error })
}

/** The table of settings in the README. */
export function settingsTable (): string {
  const line = ([name, row]: [Setting, Row & Limits]): string =>
    `| \`${variableOf(name)}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${row.description} | ${allowedOf(row)} |`
  return ['| variable | default | what | allowed |', '|---|---|---|---|', ...rows.map(line), ''].join('\n')
}

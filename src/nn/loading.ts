import { listNames, problem, type ErrorCode, type Mistake } from '../errors.ts'
import { formatShape, type HostTensor, type NamedTensors, type Shape } from '../tensor.ts'
import type { Block } from './block.ts'
import type { LoadOptions, Parameter } from './parameter.ts'

export interface LoadSwitches extends LoadOptions {
  /** Parameters that the file does not have stay as they are. Default false. */
  readonly allow_missing?: boolean
  /** Names that the block does not have are skipped. Default false. */
  readonly ignore_extra?: boolean
}

/** What a load did, by full parameter name; `ignored` by name in the file. */
export interface LoadReport {
  readonly loaded: readonly string[]
  readonly missing: readonly string[]
  readonly ignored: readonly string[]
  readonly cast: readonly string[]
}

interface Plan {
  readonly matched: ReadonlyMap<Parameter, HostTensor>
  readonly missing: readonly Parameter[]
  readonly extra: readonly string[]
}

/**
 * Loads values into a block. Names with dots are structural (`0.weight`); a file without any dot is matched by full
 * names, with or without the block's prefix, `arg:` and `aux:` ignored. Loading initializes what was not initialized.
 * All mistakes are found before anything changes. Throws `load_mismatch` (missing names, shapes, dtypes), `load_extra`.
 */
export function loadValues (block: Block, values: NamedTensors, switches: LoadSwitches = {}): LoadReport {
  checkDtypeSource(switches)
  const { matched, missing, extra } = match(block, values)
  const mistakes = [
    ...(switches.allow_missing === true ? [] : missing.map(parameter => missingMistake(parameter, values))),
    ...[...matched].flatMap(([parameter, value]) => valueMistakes(parameter, value, switches))
  ]
  const surplus = switches.ignore_extra === true ? [] : extra.map(name => extraMistake(name, block))
  if (mistakes.length + surplus.length > 0) throw refuse(mistakes.length > 0 ? 'load_mismatch' : 'load_extra', [...mistakes, ...surplus])
  const cast = [...matched].filter(([parameter, value]) => value.dtype !== parameter.dtype).map(([parameter]) => parameter.name)
  for (const [parameter, value] of matched) parameter.load(value, switches)
  return { loaded: [...matched.keys()].map(nameOf), missing: missing.map(nameOf), ignored: extra, cast }
}

const nameOf = (parameter: Parameter): string => parameter.name

function match (block: Block, values: NamedTensors): Plan {
  const structural = [...values.keys()].some(name => name.includes('.'))
  const known = structural ? block.collect_params_with_prefix() : fullNames(block)
  const matched = new Map<Parameter, HostTensor>()
  const extra: string[] = []
  for (const [name, value] of values) {
    const parameter = known.get(structural ? name : name.replace(/^(arg|aux):/, ''))
    if (parameter === undefined) extra.push(name)
    else matched.set(parameter, value)
  }
  const missing = [...new Set(known.values())].filter(parameter => !matched.has(parameter))
  return { matched, missing, extra }
}

/** Parameters by full name, and by what is left of it after the block's prefix. */
function fullNames (block: Block): Map<string, Parameter> {
  const known = new Map<string, Parameter>()
  for (const [name, parameter] of block.collect_params()) {
    known.set(name, parameter)
    if (name.startsWith(block.prefix)) known.set(name.slice(block.prefix.length), parameter)
  }
  return known
}

function missingMistake (parameter: Parameter, values: NamedTensors): Mistake {
  return {
    pointer: `/${parameter.name}`,
    message: `parameter '${parameter.name}' is not in the file, which has ${listNames(values.keys()) || 'nothing'}; allow_missing leaves it as it is`
  }
}

function extraMistake (name: string, block: Block): Mistake {
  const known = listNames(block.collect_params_with_prefix().keys()) || 'nothing'
  return { pointer: `/${name}`, message: `'${name}' of the file is not a parameter here, which are ${known}; ignore_extra skips it` }
}

function valueMistakes (parameter: Parameter, value: HostTensor, switches: LoadSwitches): Mistake[] {
  const mistakes: Mistake[] = []
  const pointer = `/${parameter.name}`
  if (!fits(parameter.shape, value.shape)) {
    mistakes.push({ pointer, message: `'${parameter.name}' has shape ${formatShape(parameter.shape ?? [])}, the file has ${formatShape(value.shape)}` })
  }
  if (value.dtype !== parameter.dtype && switches.cast_dtype !== true) {
    mistakes.push({ pointer, message: `'${parameter.name}' has dtype ${parameter.dtype}, the file has ${value.dtype}; cast_dtype converts it` })
  }
  return mistakes
}

const fits = (own: Shape | null, received: Shape): boolean =>
  own === null || (own.length === received.length && own.every((dim, i) => dim === -1 || dim === received[i]))

function refuse (code: ErrorCode, mistakes: readonly Mistake[]): Error {
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : ''
  return problem(code, { detail: `${(mistakes[0] as Mistake).message}${more}` }, { mistakes })
}

function checkDtypeSource ({ dtype_source: source = 'current' }: LoadSwitches): void {
  if (source === 'current' || source === 'saved') return
  throw problem('load_mismatch', { detail: `dtype_source is one of current, saved; received '${String(source)}'` })
}

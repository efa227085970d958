/** Parameters of an inference request. Those that are not known are ignored. */
import { asObject, count, flag, optional, wrong } from './members.ts'

export interface Parameters {
  /** Microseconds the request may take; undefined where it does not say. */
  readonly timeoutUs: number | undefined
  /** From 1, which goes first; undefined where it does not say. */
  readonly priority: number | undefined
  /** Whether outputs are answered as raw elements unless they say otherwise. */
  readonly binaryData: boolean
}

const AT = '/parameters'
const RESERVED = /^triton_/
const isNothing = (value: unknown): boolean => value === undefined || value === 0 || value === '0' || value === ''

/** Throws `validation_failed` for a parameter that is no string, number or boolean, and for one that asks for what is not there. */
export function readParameters (value: unknown): Parameters {
  const parameters = optional(value, AT, asObject) ?? {}
  for (const [name, parameter] of Object.entries(parameters)) checkParameter(name, parameter)
  if (!isNothing(parameters.sequence_id)) throw wrong(`${AT}/sequence_id`, 'names a sequence, but models here keep no state between requests')
  return {
    timeoutUs: optional(parameters.timeout, `${AT}/timeout`, count) || undefined,
    priority: optional(parameters.priority, `${AT}/priority`, count) || undefined,
    binaryData: optional(parameters.binary_data_output, `${AT}/binary_data_output`, flag) ?? false
  }
}

function checkParameter (name: string, value: unknown): void {
  if (RESERVED.test(name)) throw wrong(`${AT}/${name}`, 'has a reserved name')
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw wrong(`${AT}/${name}`, 'must be a string, a number, true or false')
}

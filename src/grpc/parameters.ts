/** Parameters of gRPC messages as JSON has them, for the readers that both transports share. */
import type { ParameterMap } from './messages.ts'

const INTEGERS = ['int64_param', 'uint64_param']

/** Plain values by name. An integer that a number cannot hold stays a text, which counts as one where a number is wanted. */
export function plainParameters (parameters: ParameterMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => {
    const choice = parameter.parameter_choice ?? ''
    const value = parameter[choice]
    return [name, INTEGERS.includes(choice) ? integer(String(value)) : value]
  }))
}

function integer (text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

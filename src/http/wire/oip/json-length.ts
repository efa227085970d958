import { wrong } from '../../../wire/oip/members.ts'

export const JSON_LENGTH_HEADER = 'inference-header-content-length'

/** How many bytes of a body of that length are JSON, as the header says; undefined without one. Throws `validation_failed`. */
export function jsonLengthOf (header: string | string[] | undefined, bodyLength: number): number | undefined {
  if (header === undefined) return undefined
  const isNumber = typeof header === 'string' && /^(0|[1-9]\d{0,15})$/.test(header)
  if (isNumber && Number(header) <= bodyLength) return Number(header)
  throw wrong('', `does not fit the header Inference-Header-Content-Length, which must be a whole number from 0 to ${bodyLength}; received ${String(header).slice(0, 50)}`)
}

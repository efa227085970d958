import { decodeFrame, encodeFrame } from '../engine/codec.ts'

/** Any value that crosses the channel, tensors included, as text: what the store keeps of an answer. */
export const encodeValue = (value: unknown): string => Buffer.from(encodeFrame([value]).buffer).toString('base64')

/** The value `encodeValue` was given. */
export function decodeValue (text: unknown): unknown {
  const bytes = Buffer.from(String(text), 'base64')
  return decodeFrame(new Uint8Array(bytes))[0]
}

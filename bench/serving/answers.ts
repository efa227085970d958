/** What a server answers to one request, in whatever form. Nothing is measured on a server that answers wrongly. */
import { readFile } from 'node:fs/promises'
import type { Body } from '../wrk.ts'

const TOLERANCE = 1e-4
const JSON_LENGTH = 'inference-header-content-length'

type Answer = readonly number[] | { readonly output: number[] } | { readonly outputs: ReadonlyArray<{ readonly data: number[] }> }

/** Posts the body once. Rejects when the answer is not the numbers that are expected. */
export async function check (url: string, body: Body, expected: readonly number[]): Promise<void> {
  const found = await ask(url, body)
  const right = found.length === expected.length && found.every((value, i) => Math.abs(value - (expected[i] as number)) < TOLERANCE)
  if (!right) throw new Error(`${url} answers [${found.slice(0, 20).join()}], expected [${expected.slice(0, 20).join()}]`)
}

/** The numbers that a server answers. Rejects for any status but 200. */
export async function ask (url: string, body: Body): Promise<number[]> {
  const response = await send(url, body)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}: ${bytes.toString().slice(0, 300)}`)
  const length = response.headers.get(JSON_LENGTH)
  return length === null ? numbersIn(JSON.parse(bytes.toString()) as Answer) : floatsIn(bytes.subarray(Number(length)))
}

export async function send (url: string, { file, type, jsonLength }: Body): Promise<Response> {
  const headers = { 'content-type': type, ...jsonLength !== undefined && { [JSON_LENGTH]: String(jsonLength) } }
  return await fetch(url, { method: 'POST', headers, body: await readFile(file), signal: AbortSignal.timeout(10_000) })
}

const floatsIn = (bytes: Buffer): number[] => Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4))

function numbersIn (answer: Answer): number[] {
  if ('outputs' in answer) return (answer.outputs[0]?.data ?? []).flat()
  return 'output' in answer ? answer.output : [...answer]
}

/** The requests of the soak: JSON, binary, and some that are refused, in turn. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Body } from '../wrk.ts'
import { send } from './answers.ts'
import { writeBody, type Bodies } from './bodies.ts'

/** How often each good form comes for every refused one of each kind. */
const GOOD = 6

interface Entry { readonly body: Body, readonly status: number }

export interface Mixture {
  /** For wrk: which bodies come in turn. */
  readonly list: string
  /** The part of the requests that is refused. */
  readonly refused: number
  /** Rejects when a body is not answered with the status it should have. */
  check (url: string): Promise<void>
}

export async function writeMixture (folder: string, { json, binary }: Bodies): Promise<Mixture> {
  const bad = await badBodies(folder, json, binary)
  const entries = [...bad, ...[json, binary].map(body => ({ body, status: 200 }))]
  const turns = bad.flatMap(entry => [entry.body, ...Array.from({ length: GOOD }, () => [json, binary]).flat()])
  const list = join(folder, 'mixture')
  await writeFile(list, turns.map(({ file, type, jsonLength }) => `${file} ${type} ${jsonLength ?? '-'}\n`).join(''))
  return { list, refused: bad.length / turns.length, check: url => checkAll(url, entries) }
}

/** What is refused while it is parsed, where it is read, and by the engine. */
async function badBodies (folder: string, json: Body, binary: Body): Promise<Entry[]> {
  const text = (await readFile(json.file)).toString()
  const put = async (name: string, content: string): Promise<Entry> =>
    ({ body: await writeBody(folder, name, Buffer.from(content)), status: 400 })
  return [
    await put('cut', text.slice(0, -10)),
    await put('short', text.replace('[1,784]', '[1,785]')),
    await put('null', text.replace('"data":[', '"data":[null,')),
    await put('unknown', text.replace('"name":"data"', '"name":"other"')),
    { body: { ...binary, jsonLength: 1 }, status: 400 }
  ]
}

async function checkAll (url: string, entries: readonly Entry[]): Promise<void> {
  for (const { body, status } of entries) {
    const response = await send(url, body)
    const text = await response.text()
    if (response.status !== status) throw new Error(`${body.file} is answered with ${response.status}, expected ${status}: ${text.slice(0, 200)}`)
  }
}

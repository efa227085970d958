/** Which builds there are, whether they work, and which one the server would take. */
import { basename, join } from 'node:path'
import { findBuilds, probe, type NativeBuild } from '../backend/native-builds.ts'
import { askChoice, type Choice } from './choice.ts'
import { Downloads } from './downloads.ts'
import { readManifest } from './manifest.ts'
import type { Options } from './options.ts'
import { sizeOf } from './place.ts'
import { bytesText } from './space.ts'
import { tableText } from './table.ts'

/** A build, as it is now. */
export interface BuildStatus {
  readonly build: string
  readonly variant: string
  readonly tensorflow: string
  readonly bytes: number
  readonly madeAt: string
  readonly works: boolean
  /** Whether TensorFlow sees a GPU with it; null when it does not work. */
  readonly gpu: boolean | null
  /** Why it does not work. */
  readonly reason: string | null
}

export interface Status {
  readonly folder: string
  readonly builds: readonly BuildStatus[]
  /** What an interrupted run left to go on with. */
  readonly downloads: { readonly wheels: number, readonly bytes: number }
  readonly server: Choice | string
}

/** The answer of `--status`, as text or as JSON. */
export async function status ({ folder, json }: Options, env: NodeJS.ProcessEnv): Promise<string> {
  const found = await statusOf(folder, env)
  return json ? `${JSON.stringify(found, null, 2)}\n` : statusText(found)
}

async function statusOf (folder: string, env: NodeJS.ProcessEnv): Promise<Status> {
  return {
    folder,
    builds: findBuilds(folder).map(build => buildStatus(build, env)),
    downloads: new Downloads(folder, '').summary(),
    server: await askChoice(folder, env)
  }
}

function buildStatus (build: NativeBuild, env: NodeJS.ProcessEnv): BuildStatus {
  const { tensorflow = 'unknown', bytes = sizeOf(build.folder), madeAt = 'unknown' } = readManifest(build.folder)
  const probed = probe(build, { TF_CPP_MIN_LOG_LEVEL: '3', ...env })
  const known = { build: build.folder, variant: build.cuda ? 'cuda' : 'cpu', tensorflow, bytes, madeAt }
  return 'refused' in probed
    ? { ...known, works: false, gpu: null, reason: probed.refused }
    : { ...known, works: true, gpu: probed.gpu, reason: null }
}

/** For a person. */
export function statusText ({ folder, builds, downloads, server }: Status): string {
  const kept = downloads.wheels === 0 ? [] : [`${downloads.wheels} wheels (${bytesText(downloads.bytes)}) in ${join(folder, 'downloads')} wait for an interrupted run to go on.`, '']
  const table = builds.length === 0
    ? [`There are no builds in ${folder}. Run npm run native, or npm run native:cuda for a GPU.`]
    : [`Builds in ${folder}:`, '', tableText([HEAD, ...builds.map(rowOf)]), ...builds.flatMap(({ reason }) => reason === null ? [] : [reason])]
  return [...table, '', ...kept, ...serverText(server), ''].join('\n')
}

const HEAD = ['build', 'TensorFlow', 'size', 'made at', 'works', 'GPU']

const rowOf = ({ build, tensorflow, bytes, madeAt, works, gpu }: BuildStatus): string[] =>
  [basename(build), tensorflow, bytesText(bytes), madeAt.replace(/\.\d+Z$/, 'Z'), works ? 'yes' : 'no', gpu === null ? '' : gpu ? 'seen' : 'not seen']

function serverText (server: Choice | string): string[] {
  if (typeof server === 'string') return [`With these builds ${server}.`]
  const { backend, device, build, attempts } = server
  const refused = attempts.filter(({ used }) => !used).map(attempt => `  not ${attempt.backend}: ${attempt.reason}`)
  return [`The server would take ${backend}${build === null ? '' : `, from ${build}`}, on ${device}.`, ...refused]
}

/** What pip says when it fails, in our words. */
import { problem } from '../errors.ts'
import { requirementText, type Requirement } from './requirement.ts'
import type { Outcome } from './run-tool.ts'
import { OUT_OF_SPACE, outOfSpace } from './space.ts'
import { byVersion } from './wheel.ts'

const NO_CONNECTION = /Retrying \(|NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Read timed out|ConnectionResetError|IncompleteRead|incomplete-download|Connection broken|SSLError|ProxyError|HTTP error \d+ while getting|Network is unreachable/

/** The names of these are more telling than the lines they stand in. */
const CAUSES: ReadonlyArray<readonly [RegExp, string]> = [
  [/CERTIFICATE_VERIFY_FAILED|SSLError/, 'its certificate is not trusted here'],
  [/ProxyError|Cannot connect to proxy|Tunnel connection failed/, 'the proxy does not answer'],
  [/Name or service not known|Temporary failure in name resolution|NameResolutionError/, 'its name is not known to the network'],
  [/Connection refused/, 'the connection is refused'],
  [/Network is unreachable/, 'there is no network'],
  [/timed out|Timeout/i, 'it does not answer in time'],
  [/IncompleteRead|incomplete-download|ConnectionResetError|Connection broken/, 'the connection broke off']
]

/** The error for a download that failed. */
export function pipProblem (requirement: Requirement, { stdout, stderr }: Outcome, system: string): Error {
  const said = `${stderr}\n${stdout}`
  const wanted = requirementText(requirement)
  const [, received] = /\bGot\s+([0-9a-f]{64})/.exec(said) ?? []
  const [, expected = 'another'] = /Expected sha256 ([0-9a-f]{64})/.exec(said) ?? []
  if (received !== undefined) return problem('native_wheel_altered', { wheel: `that the index gives for ${wanted}`, received, expected })
  if (OUT_OF_SPACE.test(said)) return outOfSpace()
  if (NO_CONNECTION.test(said)) return problem('native_index_unreachable', { detail: causeOf(said) })
  const [, versions] = /\(from versions: ([^)]*)\)/.exec(said) ?? []
  if (versions !== undefined) return problem('native_version_unknown', { requirement: wanted, system, known: knownVersions(versions) })
  return problem('native_pip_failed', { requirement: wanted, detail: lastError(stderr) })
}

const causeOf = (said: string): string =>
  CAUSES.find(([pattern]) => pattern.test(said))?.[1] ?? /HTTP error \d+[^\n]*/.exec(said)?.[0] ?? lastError(said)

function knownVersions (versions: string): string {
  const releases = versions.split(', ').filter(version => /^\d+(\.\d+)*$/.test(version)).toSorted(byVersion)
  return releases.length === 0 ? 'It has none at all for it.' : `It has ${releases.join(', ')}.`
}

function lastError (text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const line = lines.findLast(one => /^ERROR|Error:/.test(one)) ?? lines.at(-1) ?? 'it gave no reason'
  return line.replace(/^ERROR: /, '').replace(/\.$/, '').slice(0, 400)
}

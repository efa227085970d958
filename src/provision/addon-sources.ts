/** The C++ of the addon, as npm installed it with its package, and the headers of Node that it includes. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { problem } from '../errors.ts'

const packageFile = createRequire(import.meta.url).resolve

export interface Sources { readonly folder: string, readonly version: string }

const PACKAGE = '@tensorflow/tfjs-node-gpu'

export function findSources (): Sources {
  const file = packageFile(`${PACKAGE}/package.json`)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return { folder: join(dirname(file), 'binding'), version }
}

/** Folder of node_api.h: the package of headers, or what came with Node. Throws `native_headers_missing`. */
export function findNodeHeaders (): string {
  const looked = [...headersPackage(), resolve(process.execPath, '../../include/node')]
  const found = looked.find(folder => existsSync(join(folder, 'node_api.h')))
  if (found === undefined) throw problem('native_headers_missing', { looked: looked.join(', ') })
  return found
}

function headersPackage (): string[] {
  try {
    return [join(dirname(packageFile('node-api-headers/package.json')), 'include')]
  } catch {
    // An installation without development dependencies lacks it.
    return []
  }
}

const SHARED = 'static std::set<std::string> ATTR_NAME_SET;'
// Every thread that runs an operation writes this set, without a lock.
const OWN = 'static thread_local std::set<std::string> ATTR_NAME_SET;'

/** Copies the sources and changes the one line that threads would trip over. */
export function patchSources (sources: Sources, into: string): void {
  const known = join(sources.folder, 'tfjs_backend.cc')
  const text = existsSync(known) ? readFileSync(known, 'utf8') : ''
  if (!text.includes(SHARED)) {
    throw problem('native_sources_unknown', { folder: sources.folder, detail: `tfjs_backend.cc is missing or is not that of ${PACKAGE} 4.22.0` })
  }
  cpSync(sources.folder, into, { recursive: true })
  writeFileSync(join(into, 'tfjs_backend.cc'), text.replace(SHARED, OWN))
}

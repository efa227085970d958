/** Which members of the wheels a build takes, and where they go. */
import type { Select } from './unpack.ts'

const INCLUDE = 'tensorflow/include/'
/** Parts of TensorFlow's C interface; they moved between folders from version to version. */
const HEADERS = [
  'tensorflow/c/', 'xla/tsl/c/', 'tsl/c/', 'tensorflow/tsl/c/', 'tensorflow/compiler/xla/tsl/c/',
  'tsl/platform/ctstring', 'tensorflow/core/platform/ctstring', 'tensorflow/tsl/platform/ctstring'
].map(path => INCLUDE + path)

export const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'] as const

const isLibrary = (name: string): boolean => (LIBRARIES as readonly string[]).includes(name)
const isHeader = (name: string): boolean => name.endsWith('.h') && HEADERS.some(prefix => name.startsWith(prefix))

const OWN_LICENCES: Readonly<Record<string, string>> = {
  'tensorflow/include/LICENSE': 'licences/tensorflow/LICENSE',
  'tensorflow/THIRD_PARTY_NOTICES.txt': 'licences/tensorflow/THIRD_PARTY_NOTICES.txt'
}

/** What the wheel of TensorFlow says of itself, where a build has it while it is made. */
export const METADATA = 'metadata/METADATA'

/** `METADATA` and licences lie in a folder that bears the version. */
const INFO = /^([^/]+)\.dist-info\/(?:.*\/)?([^/]+)$/
const LICENCE = /licen[cs]e|notice|copying/i

/** Of the wheel of TensorFlow: two libraries, the headers of the C interface, `METADATA`, licences. */
export const ofTensorFlow: Select = name => isLibrary(name) || isHeader(name) ? name : OWN_LICENCES[name] ?? ofInfo(name)

function ofInfo (name: string): string | undefined {
  const [, distribution, file = ''] = INFO.exec(name) ?? []
  if (distribution === undefined) return undefined
  if (file === 'METADATA') return METADATA
  return LICENCE.test(file) ? `licences/${distribution}/${file}` : undefined
}

const DEVELOPMENT = /\/include\/|\.(py|pyc|h|hpp|a|cmake|pc)$/

/** Of the wheel of a CUDA library: what runs (libraries, ptxas, libdevice), where TensorFlow's libraries look for it, and licences. */
export function ofCuda (name: string): string | undefined {
  if (name.startsWith('nvidia/') && !DEVELOPMENT.test(name)) return name
  return LICENCE.test(name.split('/').at(-1) ?? '') ? ofInfo(name) : undefined
}

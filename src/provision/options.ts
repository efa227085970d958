/** The command line. */
import { resolve } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { defaultNativeFolder } from '../backend/native-builds.ts'
import { problem } from '../errors.ts'
import { DEFAULT_TENSORFLOW, type Variant } from './target.ts'

export interface Options {
  readonly command: 'build' | 'check' | 'status' | 'help'
  readonly variant: Variant
  /** Undefined when none was asked for. */
  readonly tensorflow: string | undefined
  /** Folder of builds. */
  readonly folder: string
  /** Files; with any, nothing is downloaded. */
  readonly wheels: readonly string[]
  readonly cudaLibraries: boolean
  readonly strip: boolean
  readonly force: boolean
  readonly json: boolean
}

const FLAGS = {
  cuda: { type: 'boolean', default: false },
  tf: { type: 'string' },
  dir: { type: 'string' },
  wheel: { type: 'string', multiple: true },
  'no-cuda-libs': { type: 'boolean', default: false },
  'no-strip': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  status: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false }
} as const satisfies ParseArgsConfig['options']

export const HELP = `Gives the server TensorFlow's native backend: downloads TensorFlow, compiles the addon against it, tries it.

  npm run native                  for the CPU
  npm run native:cuda             for NVIDIA GPUs, with the CUDA libraries
  npm run native -- --status      which builds there are, and which one the server would take
  npm run native -- --check       whether it computes rightly and how fast, on this machine

  --cuda            the build for NVIDIA GPUs
  --tf VERSION      the version of TensorFlow (${DEFAULT_TENSORFLOW})
  --dir FOLDER      the folder of builds (BLOCKSERVE_NATIVE, or blockserve/native in the user's cache folder)
  --no-cuda-libs    leave out the CUDA libraries: the system has CUDA 12 and cuDNN 9 on its library path
  --wheel FILE      a wheel to use; give each that is needed, then nothing is downloaded
  --no-strip        keep the symbols for debuggers
  --force           build again what is there
  --json            with --status: as JSON
  --help            this text
`

/** Throws `unknown_flag` and `native_option`. */
export function readOptions (args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const values = parse(args)
  if (values.json && !values.status) throw problem('native_option', { option: '--json', received: 'given', expected: 'it goes with --status' })
  if (values['no-cuda-libs'] && !values.cuda) throw problem('native_option', { option: '--no-cuda-libs', received: 'given', expected: 'it goes with --cuda' })
  // npm starts scripts in the folder of package.json, and remembers where its user was.
  const here = env.INIT_CWD ?? '.'
  return {
    command: commandOf(values),
    variant: values.cuda ? 'cuda' : 'cpu',
    tensorflow: versionOf(values.tf),
    folder: values.dir === undefined ? usualFolder(env) : resolve(here, filled('--dir', values.dir)),
    wheels: (values.wheel ?? []).map(file => resolve(here, filled('--wheel', file))),
    cudaLibraries: !values['no-cuda-libs'],
    strip: !values['no-strip'],
    force: values.force,
    json: values.json
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values']

function parse (args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values
  } catch (error) {
    const [first = ''] = (error as Error).message.split('. ')
    throw problem('unknown_flag', { detail: `${first.replace(/\.$/, '')}.`, known: Object.keys(FLAGS).map(flag => `--${flag}`).join(', ') })
  }
}

function commandOf ({ help, status, check }: Values): Options['command'] {
  if (help) return 'help'
  if (status) return 'status'
  return check ? 'check' : 'build'
}

function versionOf (text: string | undefined): string | undefined {
  if (text === undefined || /^\d+\.\d+\.\d+(\.post\d+|rc\d+)?$/.test(text)) return text
  throw problem('native_option', { option: '--tf', received: text, expected: `it takes a version such as ${DEFAULT_TENSORFLOW}` })
}

function filled (option: string, text: string): string {
  if (text === '') throw problem('native_option', { option, received: text, expected: 'it takes a path' })
  return text
}

const usualFolder = ({ BLOCKSERVE_NATIVE, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string =>
  BLOCKSERVE_NATIVE === undefined || BLOCKSERVE_NATIVE === '' ? defaultNativeFolder(XDG_CACHE_HOME) : resolve(BLOCKSERVE_NATIVE)

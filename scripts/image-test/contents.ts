/** What is inside an image, looked at from inside: a base without a shell has Node all the same. */
import { readFile } from 'node:fs/promises'
import { succeed } from '../process.ts'
import type { Image, Tool } from './tool.ts'
import type { Tally } from './tally.ts'

export type Target = 'wasm' | 'cpu' | 'cuda'

/** Bytes of the parts of an image. */
export interface Parts { readonly node: number, readonly packages: number, readonly server: number, readonly native: number }

interface Contents {
  readonly uid: number
  readonly writable: readonly string[]
  readonly present: readonly string[]
  readonly maps: number
  readonly parts: Parts
}

const NATIVE = '/opt/blockserve/native'
const BINDING = 'node_modules/@tensorflow/tfjs-node-gpu'
const TOOLS = ['/usr/bin/g++', '/usr/bin/gcc', '/usr/bin/python3', '/usr/bin/git', '/usr/local/bin/npm', '/usr/bin/npm']

/** The argument is a list of paths: which of them exist is told. */
const LOOK = `
  const fs = require('fs'), path = require('path')
  const can = (file, mode) => { try { fs.accessSync(file, mode); return true } catch { return false } }
  const files = folder => can(folder) ? fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath ?? entry.path, entry.name)) : []
  const bytes = list => list.reduce((sum, file) => sum + fs.statSync(file).size, 0)
  const packages = files('/app/node_modules'), server = files('/app/dist')
  console.log(JSON.stringify({
    uid: process.getuid(),
    writable: ['/app', '/app/dist/src/main.js', '/app/node_modules', '/usr/local/bin/node', '/etc'].filter(file => can(file, fs.constants.W_OK)),
    present: process.argv.slice(1).filter(file => can(file)),
    maps: [...packages, ...server].filter(file => /\\.(map|d\\.ts|tsbuildinfo)$/.test(file)).length,
    parts: { node: bytes([process.execPath]), packages: bytes(packages), server: bytes(server), native: bytes(files('${NATIVE}')) }
  }))`

export async function checkContents (tool: Tool, image: Image, target: Target, tally: Tally): Promise<Parts> {
  const development = await developmentPackages()
  const watched = [...development, BINDING].map(path => `/app/${path}`)
  const { code, stdout, stderr } = await tool.runOnce(image, ['node', '-e', LOOK, ...watched, ...TOOLS])
  if (code !== 0) throw new Error(`looking into the image failed: ${stderr}`)
  const { uid, writable, present, maps, parts } = JSON.parse(stdout) as Contents
  tally.equal('the user is not root', uid, 1000)
  tally.equal('its user cannot write over the server', writable, [])
  const [own, binding] = [present.filter(path => !path.endsWith(BINDING)), present.filter(path => path.endsWith(BINDING))]
  tally.equal(`none of the ${development.length} development packages is inside, nor compiler, Python, npm`, own, [])
  tally.equal('no source maps, no type declarations', maps, 0)
  tally.check(target === 'wasm' ? 'no TensorFlow is inside' : 'TensorFlow is inside',
    target === 'wasm' ? binding.length === 0 && parts.native === 0 : binding.length === 1 && parts.native > 3e8, `${parts.native} bytes, ${binding.join()}`)
  return parts
}

interface Lock { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> }

async function developmentPackages (): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock
  return Object.entries(packages).filter(([, { dev }]) => dev === true).map(([path]) => path)
}

/** The revision of the sources, for the label. */
export const revision = (): Promise<string> => succeed('git', ['rev-parse', 'HEAD']).catch(() => 'unknown')

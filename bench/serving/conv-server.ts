/** blockserve with the network of convolutions, on the native backend. */
import { fileURLToPath } from 'node:url'
import type { Body } from '../wrk.ts'
import { createModel, onBackend, startWith, type Blockserve, type Settings } from './blockserve.ts'
import { writeBinary } from './bodies.ts'
import { IMAGE, SHAPE, SPEC } from './conv-net.ts'

const MODULES = fileURLToPath(new URL('./models', import.meta.url))

/** Started once more when the model is there, as threads are chosen for the models that are saved. */
export const startConvolutions = (settings: Settings): Promise<Blockserve> =>
  startWith({ ...onBackend('native'), BLOCKSERVE_MODELS: MODULES, ...settings }, ({ url }) => createModel(url, SPEC), true)

export const writeImage = (folder: string): Promise<Body> => writeBinary(folder, 'image', SHAPE, IMAGE)

/** Records for the tests of the store. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { BlockserveError } from '../../src/errors.ts'
import type { ArrayManifest, CheckpointManifest, ModelRecord } from '../../src/store/store.ts'
import { hostTensor, type HostTensor } from '../../src/tensor.ts'

export const NOW = '2024-05-01T12:00:00.000Z'

/** One element more than what the database itself takes. */
export const LARGE = 2 ** 18 + 1

export function modelRecord (id: number, name: string, fields: Partial<ModelRecord> = {}): ModelRecord {
  return {
    id,
    name,
    revision: 1,
    seed: 0,
    architecture: null,
    spec: { type: 'Dense', units: 2 },
    options: {},
    types: ['Dense'],
    state: 'created',
    reason: null,
    created_at: NOW,
    updated_at: NOW,
    checkpoints_made: 0,
    description: { repr: 'Dense()' },
    ...fields
  }
}

export const filled = (length: number, value: number): HostTensor => {
  return hostTensor('float32', [length], new Float32Array(length).fill(value))
}

export function checkpointManifest (note: string | null): CheckpointManifest {
  return {
    format: 'mxnet',
    note,
    created_at: NOW,
    architecture: 'MLP',
    spec: { type: 'MLP' },
    seed: 0,
    names: [{ name: 'dense0_weight', shape: [2, 3], dtype: 'float32' }]
  }
}

export function arrayManifest (): ArrayManifest {
  return { kind: 'array', entries: [{ name: null, shape: [4], dtype: 'uint8' }], created_at: NOW, updated_at: NOW }
}

/** A fresh folder, gone after the test. */
export function temporaryFolder (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const blobFiles = (folder: string): string[] => readdirSync(join(folder, 'blobs'))

/** The code of the error that `run` throws, or undefined. */
export function codeOf (run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof BlockserveError ? error.code : String(error)
  }
}

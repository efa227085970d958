import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { component } from './component.ts'

/** A file as an answer: a stream of its bytes, or the bytes. Never JSON. */
export interface FileContent {
  readonly kind: 'file'
  readonly filename: string
  readonly bytes: number
  readonly sha256: string
  readonly source: { readonly stream: Readable } | { readonly data: Uint8Array<ArrayBuffer> }
}

export const File = component('File', Type.Unsafe<FileContent>({
  type: 'string', format: 'binary', description: 'The bytes of the file'
}))

export const isFileContent = (value: unknown): value is FileContent =>
  typeof value === 'object' && value !== null && (value as Partial<FileContent>).kind === 'file' && 'source' in value

/** The bytes of an uploaded file: the whole body of an application/octet-stream request. */
export const upload = Type.Unsafe<Uint8Array<ArrayBuffer>>({ type: 'string', format: 'binary', description: 'The bytes of the file' })

/** What a database file must be before it is opened: lmdb ends the process when it cannot open one. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '../errors.ts'

// The first two pages of an LMDB file are alike: a page header of 24 bytes, then this number; the page size is 24 bytes behind it.
const MAGIC = 0xBEEFC0DE
const MAGIC_AT = 24
const PAGE_SIZE_AT = 48
const SMALLEST_PAGE = 256

/**
 * Returns when the database in `folder` can be opened or made there. Throws `data_damaged` when its file is another kind of file, and an
 * error of the file system when access is not allowed.
 */
export function checkDatabase (folder: string): void {
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  for (const file of ['lock.mdb', 'data.mdb'].map(name => join(folder, name)).filter(existsSync)) {
    accessSync(file, constants.R_OK | constants.W_OK)
    if (file.endsWith('data.mdb') && !isDatabase(file)) throw problem('data_damaged', { detail: `${file} is not a database` })
  }
}

// An empty file is a database that is about to be made.
function isDatabase (path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const page = headOf(file, 0)
    if (page === undefined) return false
    if (page.length === 0) return true
    const pageSize = page.readUInt32LE(PAGE_SIZE_AT)
    return isMeta(page) && pageSize >= SMALLEST_PAGE && isMeta(headOf(file, pageSize))
  } finally {
    closeSync(file)
  }
}

function headOf (file: number, position: number): Buffer | undefined {
  const head = Buffer.alloc(PAGE_SIZE_AT + 4)
  const read = readSync(file, head, 0, head.length, position)
  return read === 0 || read === head.length ? head.subarray(0, read) : undefined
}

const isMeta = (page: Buffer | undefined): boolean => page !== undefined && page.length > 0 && page.readUInt32LE(MAGIC_AT) === MAGIC

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Blobs } from '../../src/store/blobs.ts'
import { ContentChanges, Contents } from '../../src/store/contents.ts'
import { Database } from '../../src/store/database.ts'
import { keyOf } from '../../src/store/keys.ts'
import { codeOf, temporaryFolder } from './samples.ts'

/** Files that change just before they are read: another process commits in between. */
class RacingBlobs extends Blobs {
  meanwhile: (() => void) | undefined

  override read (name: string, size: number): Uint8Array<ArrayBuffer> | undefined {
    const change = this.meanwhile
    this.meanwhile = undefined
    change?.()
    return super.read(name, size)
  }
}

const OWNER = keyOf('array', 'x')

t.test('a content replaced between the lookup of its record and its reading is read as replaced, a removed one as gone', async t => {
  const folder = temporaryFolder(t)
  const blobFolder = join(folder, 'blobs')
  mkdirSync(blobFolder)
  const database = new Database(join(folder, 'database'), false)
  t.teardown(() => database.close())
  const blobs = new RacingBlobs(blobFolder)
  const contents = new Contents(database, blobs)
  const change = (apply: (changes: ContentChanges) => void): void => {
    const changes = new ContentChanges(database, blobs)
    database.transact(() => apply(changes))
    changes.afterCommit()
  }
  const put = (fill: number, largestInline: number): void => change(changes => {
    database.putRecord(OWNER, { fill, ...changes.put(OWNER, Uint8Array.of(fill, fill), largestInline) })
  })

  put(1, 0)
  blobs.meanwhile = () => put(2, 0)
  t.match(contents.load(OWNER), { record: { fill: 2 }, content: { 0: 2, 1: 2 } })

  blobs.meanwhile = () => put(3, 10)
  t.match(contents.load(OWNER), { record: { fill: 3, blob: null }, content: { 0: 3, 1: 3 } })

  put(4, 0)
  blobs.meanwhile = () => change(changes => {
    changes.drop(OWNER)
    database.remove(OWNER)
  })
  t.equal(contents.load(OWNER), undefined)

  put(5, 0)
  blobs.meanwhile = () => { for (const name of blobs.names()) blobs.remove(name) }
  t.equal(codeOf(() => contents.load(OWNER)), 'data_damaged')
})

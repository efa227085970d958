/** Every code cell of the chapter, as library code, against what the reference program printed and gave. */
import * as tf from '@tensorflow/tfjs-core'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Session } from '../../src/index.ts'
import { openBackend } from '../backends.ts'
import { cellMismatch, pathIn, pieceOf, sha256, type Cell, type Expected, type Page, type Section } from './chapter/cell.ts'
import type { Piece } from './chapter/printed.ts'
import { describeError } from './expectations.ts'
import { section51 } from './chapter/section-5-1.ts'
import { section52 } from './chapter/section-5-2.ts'
import { section53 } from './chapter/section-5-3.ts'
import { section54 } from './chapter/section-5-4.ts'
import { section55 } from './chapter/section-5-5.ts'

interface Chapter { readonly cells: readonly Expected[], readonly files_of_5_5: Readonly<Record<string, { readonly sha256: string }>> }

const SECTIONS = [section51, section52, section53, section54, section55]
const chapter = JSON.parse(readFileSync(new URL('../../../test/fixtures/gluon/chapter.json', import.meta.url), 'utf8')) as Chapter

t.plan(SECTIONS.flatMap(({ cells }) => cells).length + Object.keys(chapter.files_of_5_5).length + 1)
await openBackend()
const folder = await mkdtemp(join(tmpdir(), 'blockserve-chapter-'))
t.teardown(() => rm(folder, { recursive: true }))

/** Runs a cell and gives why it is not what the reference program did. */
async function runCell (session: Session, printed: Piece[], cell: Cell, expected: Expected): Promise<string | undefined> {
  const failed: string[] = []
  const page: Page = {
    print: (...values) => { printed.push(...values.map(pieceOf)) },
    path: pathIn(folder),
    check: (holds, reason) => { if (!holds) failed.push(`it does not hold that ${reason}`) }
  }
  printed.length = 0
  try {
    const result = await session.run(() => cell.run(page))
    return failed[0] ?? cellMismatch(expected, printed, result, cell.tolerance)
  } catch (error) {
    return describeError(error)
  }
}

async function runSection ({ section, cells }: Section): Promise<void> {
  const printed: Piece[] = []
  const session = new Session({ print: line => { printed.push(line) } })
  for (const cell of cells) {
    const expected = chapter.cells.find(known => known.section === section && known.cell === cell.number) as Expected
    t.equal(await runCell(session, printed, cell, expected), undefined, `${section} [${cell.number}] ${cell.title}`)
  }
}

for (const section of SECTIONS) {
  tf.engine().startScope()
  await runSection(section)
  tf.engine().endScope()
}

for (const [file, { sha256: expected }] of Object.entries(chapter.files_of_5_5)) {
  t.equal(await sha256(join(folder, file)), expected, `5.5 writes ${file} byte for byte`)
}

t.same(
  SECTIONS.flatMap(({ section, cells }) => cells.map(({ number }) => [section, number])),
  chapter.cells.map(({ section, cell }) => [section, cell]),
  'every cell of the chapter is here, in its order'
)

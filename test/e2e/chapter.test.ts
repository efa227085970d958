/**
 * Every code cell of the chapter over HTTP, against what the reference program printed and gave.
 *
 * In the book the networks of a section draw from one stream and count their names together; a model of the service has a stream and
 * names of its own. So that each number is still the book's, 5.1 and 5.4 move a model's stream past what was drawn before it, and 5.2 and
 * 5.3 put the section's networks into one model.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { cellMismatch, pieceOf, type Cell, type Expected, type Page } from '../conformance/chapter/cell.ts'
import type { Piece } from '../conformance/chapter/printed.ts'
import { Book } from './chapter/book.ts'
import { section51 } from './chapter/section-5-1.ts'
import { section52 } from './chapter/section-5-2.ts'
import { section53 } from './chapter/section-5-3.ts'
import { section54 } from './chapter/section-5-4.ts'
import { FILES, section55 } from './chapter/section-5-5.ts'
import { startServer } from './server.ts'

interface Chapter { readonly cells: readonly Expected[], readonly files_of_5_5: Readonly<Record<string, { readonly sha256: string }>> }

const chapter = JSON.parse(readFileSync(new URL('../../../test/fixtures/gluon/chapter.json', import.meta.url), 'utf8')) as Chapter

/** Runs a cell and gives why it is not what the reference program did. */
async function runCell (cell: Cell, expected: Expected): Promise<string | undefined> {
  const failed: string[] = []
  const printed: Piece[] = []
  const page: Page = {
    print: (...values) => { printed.push(...values.map(pieceOf)) },
    path: file => file,
    check: (holds, reason) => { if (!holds) failed.push(`it does not hold that ${reason}`) }
  }
  const result = await cell.run(page)
  return failed[0] ?? cellMismatch(expected, printed, result, cell.tolerance)
}

t.test('the chapter over HTTP', async t => {
  const book = new Book(await startServer(t))
  const sections = [section51, section52, section53, section54, section55].map(section => section(book))

  for (const { section, cells } of sections) {
    for (const cell of cells) {
      const expected = chapter.cells.find(known => known.section === section && known.cell === cell.number) as Expected
      t.equal(await runCell(cell, expected).catch(String), undefined, `${section} [${cell.number}] ${cell.title}`)
    }
  }

  for (const [file, { sha256 }] of Object.entries(chapter.files_of_5_5)) {
    t.equal(await book.sha256(FILES[file] ?? '/'), sha256, `5.5 gives ${file} byte for byte`)
  }

  t.same(
    sections.flatMap(({ section, cells }) => cells.map(({ number }) => [section, number])),
    chapter.cells.map(({ section, cell }) => [section, cell]),
    'every cell of the chapter is here, in its order'
  )
})

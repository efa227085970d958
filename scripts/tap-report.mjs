// What a person wants to know of a TAP report: how many passed, which failed and why, and the chapter cell by cell.
const CHAPTER = /^# Subtest: dist\/test\/(\S*chapter\.test)\.js\n([\s\S]*?)(?=^(?:not )?ok )/gm
const CELL = /^ {4,8}(ok|not ok) \d+ - (5\.\d \[\d+\].*?)(?: # time.*)?$/gm
const FAILURE = /^( *)not ok \d+(?: - )?(.*)\n(?:\1 {2}---\n([\s\S]*?)^\1 {2}\.\.\.\n)?/gm
const DIAGNOSIS_LINES = 30

/** Assertions passed and failed, as tap counted them. */
export function counts (text) {
  const [, passed = 0, failed = 0] = /pass: (\d+)(?:, fail: (\d+))?/.exec(text.slice(text.lastIndexOf('\n# {'))) ?? []
  return [Number(passed), Number(failed)]
}

/** A paragraph for each failed assertion, then a line for each test and file it belongs to. */
export function failures (text) {
  return [...text.matchAll(FAILURE)].map(([, indent, title, diagnosis = '']) => {
    const isParent = title.includes(' # time=')
    const lines = diagnosis.split('\n').filter(line => line.trim() !== '').slice(0, isParent ? 0 : DIAGNOSIS_LINES)
    return [`${indent}FAILED ${title}`, ...lines].join('\n')
  })
}

/** One line for each code cell of the book's chapter, as the two chapter tests found it. */
export function chapterCells (text) {
  return [...text.matchAll(CHAPTER)].flatMap(([, file, cells]) => [...cells.matchAll(CELL)].map(([, outcome, cell]) => `${file} ${cell}: ${outcome}`))
}

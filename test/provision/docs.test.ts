import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ERRORS } from '../../src/errors.ts'
import { HELP } from '../../src/provision/options.ts'
import { ROOT } from '../source.ts'

const page = readFileSync(join(ROOT, 'docs/native.md'), 'utf8')

t.test('the page about native builds has every failure, and none that cannot happen', async t => {
  const linked = [...page.matchAll(/\(errors\.md#(\w+)\)/g)].map(([, code]) => code)
  const codes = Object.keys(ERRORS).filter(code => code.startsWith('native_'))
  t.same(linked.toSorted(), [...codes, 'unknown_flag'].sort())
})

t.test('the page names every option, and no other', async t => {
  const options = (text: string): string[] => [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option))].sort()
  const ofPip = ['--no-deps', '--only-binary', '--python-version', '--platform', '--no-save']
  t.same(options(page).filter(option => !ofPip.includes(option)), options(HELP).filter(option => option !== '--help').concat('--help').sort())
})

import t from 'tap'
import { bytesOf } from '../../../src/tensor.ts'
import { cases, expectation, FILES, replay, sha256, type Drawn } from './replay.ts'

function mismatch ({ what, got, expected }: Drawn): string | undefined {
  const wanted = expectation(expected)
  if (wanted === undefined) return sha256(got) === expected.sha256 ? undefined : `${what}: another sha256`
  return Buffer.compare(bytesOf(got), bytesOf(wanted)) === 0 ? undefined : `${what}: [${got.data.slice(0, 4)}…] instead of [${wanted.data.slice(0, 4)}…]`
}

/** How many draws of each file nothing but seeds and draws precedes; a smaller count would mean that draws are skipped. */
const COUNTS: Readonly<Record<typeof FILES[number], number>> = {
  errors: 32, files: 9, files_nd: 17, initializers: 282, layers: 93, losses: 37, models: 18, optimizers: 34, zoo: 3
}

for (const file of FILES) {
  t.test(`every draw of ${file}.json agrees with MXNet bit for bit`, async t => {
    const drawn = cases(file).flatMap(each => replay(each))
    t.equal(drawn.length, COUNTS[file], 'all draws were replayed')
    t.same(drawn.map(mismatch).filter(found => found !== undefined), [])
    t.same(drawn.filter(each => each.dumps !== each.expectedDumps), [], 'initializers write the same texts')
  })
}

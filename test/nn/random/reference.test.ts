import t from 'tap'
import { bytesOf } from '../../../src/tensor.ts'
import { cases, distance, expectation, FILES, replay, sha256, type Drawn } from './replay.ts'

/** Orthogonal goes through a singular value decomposition, whose last bits depend on the order of operations. */
const DECOMPOSED = /orthogonal/i

function mismatch ({ what, got, expected }: Drawn): string | undefined {
  const wanted = expectation(expected)
  if (wanted === undefined) return sha256(got) === expected.sha256 ? undefined : `${what}: another sha256`
  const agrees = DECOMPOSED.test(what) ? distance(got, wanted) < 1e-5 : Buffer.compare(bytesOf(got), bytesOf(wanted)) === 0
  return agrees ? undefined : `${what}: [${got.data.slice(0, 4)}…] instead of [${wanted.data.slice(0, 4)}…]`
}

/** How many draws of each file nothing but seeds and draws precedes; a smaller count would mean that draws are skipped. */
const COUNTS: Readonly<Record<typeof FILES[number], number>> = {
  errors: 32, files: 9, files_nd: 0, initializers: 0, layers: 0, losses: 0, models: 0, optimizers: 0, zoo: 0
}

for (const file of FILES) {
  t.test(`every draw of ${file}.json agrees with MXNet bit for bit`, async t => {
    const drawn = cases(file).flatMap(each => replay(each))
    t.equal(drawn.length, COUNTS[file], 'all draws were replayed')
    t.same(drawn.map(mismatch).filter(found => found !== undefined), [])
    t.same(drawn.filter(each => each.dumps !== each.expectedDumps), [], 'initializers write the same texts')
  })
}

import t from 'tap'
import { countsOf } from '../../scripts/peers/pytest.ts'

t.test('what pytest counted is read from the line that the tests add to its report', async t => {
  t.same(countsOf('....\n4 passed, 0 failed\n4 passed in 1.02s\n', 0), { passed: 4, failed: 0 })
  t.same(countsOf('..F\n2 passed, 1 failed\n1 failed, 2 passed in 1.02s\n', 1), { passed: 2, failed: 1 })
})

t.test('an end that the tests do not tell is a failure', async t => {
  t.same(countsOf('', 139), { passed: 0, failed: 1 }, 'it broke off')
  t.same(countsOf('4 passed, 0 failed\n', 139), { passed: 4, failed: 1 }, 'it broke off behind its tests')
  t.same(countsOf('0 passed, 0 failed\nno tests ran in 0.01s\n', 5), { passed: 0, failed: 1 }, 'there were no tests')
  t.same(countsOf('0 passed, 0 failed\n', 0), { passed: 0, failed: 1 })
})

import t from 'tap'
import { Progress, type Step } from '../../src/provision/progress.ts'

/** A display, what it showed, and a clock that is set by hand. */
function display (isTTY: boolean, steps = 2) {
  const [shown, clock] = [[] as string[], { now: 0 }]
  const screen = { isTTY, write: (text: string) => shown.push(text) }
  return { progress: new Progress(screen, steps, () => clock.now), shown, clock }
}

t.test('every step gets its number, what it tells and its seconds', async t => {
  const { progress, shown, clock } = display(false)
  const result = await progress.step('Compile', async () => { clock.now += 10_240; return 7 })
  await progress.step('Try it', async step => { step.tell('TensorFlow 2.20.0') })
  t.equal(result, 7)
  t.same(shown, ['[1/2] Compile  10.2 s\n', '[2/2] Try it  TensorFlow 2.20.0  0.0 s\n'])
})

const download = (clock: { now: number }, rounds: number) => async (step: Step) => {
  for (let i = 1; i <= rounds; i++) {
    clock.now += 1000
    step.bytes(i * 10e6, 90e6, 'wheel')
  }
}

t.test('where there is no terminal, a download shows a line every three seconds', async t => {
  const { progress, shown, clock } = display(false)
  await progress.step('Get', download(clock, 7))
  t.same(shown, ['[1/2] Get  wheel  30.0 MB of 90.0 MB, 15.0 MB/s\n', '[1/2] Get  wheel  60.0 MB of 90.0 MB, 12.0 MB/s\n', '[1/2] Get  7.0 s\n'])
})

t.test('on a terminal one line is written anew', async t => {
  const { progress, shown, clock } = display(true)
  await progress.step('Get', download(clock, 2))
  t.equal(shown.length, 4)
  for (const text of shown) t.ok(text.startsWith('\r\x1b[K'), 'each takes the place of the one before')
  t.same(shown.map(text => text.endsWith('\n')), [false, false, false, true])
})

t.test('a size that is not known is left out, and what stands still is not told again', async t => {
  const { progress, shown, clock } = display(false)
  await progress.step('Get', async step => {
    for (const done of [0, 0, 5e6, 5e6, 5e6]) {
      clock.now += 3000
      step.bytes(done)
    }
  })
  t.same(shown, ['[1/2] Get  5.0 MB, 556 kB/s\n', '[1/2] Get  15.0 s\n'])
})

t.test('a step that fails is not shown as done', async t => {
  const { progress, shown } = display(false)
  await t.rejects(progress.step('Get', async () => { throw new Error('no') }), { message: 'no' })
  t.same(shown, [])
})

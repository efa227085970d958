import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { HELP, readOptions, type Options } from '../../src/provision/options.ts'

const read = (args: string, env: NodeJS.ProcessEnv = {}): Options => readOptions(args.split(' ').filter(arg => arg !== ''), env)

t.test('without options the usual build for the CPU is asked for, in the folder the server looks in', async t => {
  t.same(read(''), {
    command: 'build',
    variant: 'cpu',
    tensorflow: undefined,
    folder: join(homedir(), '.cache/blockserve/native'),
    wheels: [],
    cudaLibraries: true,
    strip: true,
    force: false,
    json: false
  })
})

t.test('every option says what it says', async t => {
  t.match(read('--cuda --tf 2.21.0 --no-cuda-libs --no-strip --force'), { variant: 'cuda', tensorflow: '2.21.0', cudaLibraries: false, strip: false, force: true })
  t.match(read('--wheel /a.whl --wheel /b.whl --dir /builds'), { wheels: ['/a.whl', '/b.whl'], folder: '/builds' })
  t.match(read('--status --json'), { command: 'status', json: true })
  t.equal(read('--check --cuda').command, 'check')
  t.equal(read('--help --check').command, 'help')
  t.equal(read('--tf 2.22.0rc0').tensorflow, '2.22.0rc0')
})

t.test('the folder is the one given, else that of BLOCKSERVE_NATIVE, else the one in the user\'s cache', async t => {
  const env = { BLOCKSERVE_NATIVE: '/server/native', XDG_CACHE_HOME: '/cache' }
  t.equal(read('--dir /given', env).folder, '/given')
  t.equal(read('', env).folder, '/server/native')
  t.equal(read('', { ...env, BLOCKSERVE_NATIVE: '' }).folder, '/cache/blockserve/native')
  t.equal(read('', { BLOCKSERVE_NATIVE: 'native' }).folder, resolve('native'), 'like the server, from where the process runs')
})

t.test('paths on the command line are meant from where npm was called', async t => {
  t.match(read('--dir native --wheel a.whl', { INIT_CWD: '/home/me' }), { folder: '/home/me/native', wheels: ['/home/me/a.whl'] })
})

t.test('an unknown option is refused, and the message lists those there are, as the help does', async t => {
  const flags = ['--cuda', '--tf', '--dir', '--wheel', '--no-cuda-libs', '--no-strip', '--force', '--status', '--check', '--json', '--help']
  for (const args of ['--fast', '--cuda=yes', 'cuda', '--tf']) {
    t.throws(() => read(args), { code: 'unknown_flag', message: new RegExp(flags.join(', ')) }, args)
  }
  for (const flag of flags) t.match(HELP, new RegExp(` ${flag} `), flag)
})

t.test('a value an option cannot have is refused', async t => {
  for (const version of ['latest', '2.20', '2.20.0;rm', '']) t.throws(() => readOptions(['--tf', version], {}), { code: 'native_option', message: /--tf is '.*a version such as/ })
  for (const option of ['--dir', '--wheel']) t.throws(() => readOptions([option, ''], {}), { code: 'native_option', message: /it takes a path/ })
  t.throws(() => read('--json'), { code: 'native_option', message: /--status/ })
  t.throws(() => read('--no-cuda-libs'), { code: 'native_option', message: /--cuda/ })
})

import t from 'tap'
import { pipProblem } from '../../src/provision/pip-problem.ts'
import { isOutOfSpace } from '../../src/provision/space.ts'

const REQUIREMENT = { distribution: 'tensorflow-cpu', specifier: '==2.20.0' }
const failure = (stderr: string, stdout = ''): Error => pipProblem(REQUIREMENT, { status: 1, stderr, stdout }, 'linux x86_64')
const NOTHING = 'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.20.0 (from versions: none)\nERROR: No matching distribution found for tensorflow-cpu==2.20.0'
const retrying = (cause: string): string => `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by '${cause}': /simple/tensorflow-cpu/\n${NOTHING}`

/** What pip 23 and pip 26 print, and what becomes of it. */
const UNREACHABLE: ReadonlyArray<readonly [string, RegExp]> = [
  [retrying('ProxyError(\'Cannot connect to proxy.\', NewConnectionError(\'<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused\'))'), /the proxy does not answer/],
  [retrying('NewConnectionError(\'<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known\')'), /not known to the network/],
  [retrying('NameResolutionError("HTTPSConnection(host=\'no-such-host.invalid\', port=443): Failed to resolve \'no-such-host.invalid\' ([Errno -2] Name or service not known)")'), /not known to the network/],
  [retrying('NewConnectionError("HTTPSConnection(host=\'127.0.0.1\', port=9): Failed to establish a new connection: [Errno 111] Connection refused")'), /refused/],
  [retrying('SSLError(SSLCertVerificationError(1, \'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed\'))'), /not trusted/],
  [retrying('NewConnectionError(\'<...>: Failed to establish a new connection: [Errno 101] Network is unreachable\')'), /there is no network/],
  ['pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host=\'example.org\', port=443): Read timed out.', /does not answer in time/],
  ['pip._vendor.urllib3.exceptions.ProtocolError: (\'Connection broken: IncompleteRead(1024 bytes read, 9 more expected)\')', /broke off/],
  ['error: incomplete-download\n\n× Download failed because not enough bytes were received (10.5 MB/258.9 MB)', /broke off/],
  ['ERROR: HTTP error 403 while getting https://example.org/tensorflow.whl', /HTTP error 403/]
]

for (const [said, detail] of UNREACHABLE) {
  t.test(`an index that cannot be reached is named as such: ${detail.source}`, async t => {
    t.match(failure(said), { code: 'native_index_unreachable', message: detail, remedy: /HTTPS_PROXY.*--wheel/ })
    t.notMatch(failure(said).message, /urllib3|\n/, 'in our words, on one line')
  })
}

t.test('a version the index lacks is answered with those it has, oldest first, without candidates', async t => {
  const said = NOTHING.replace('none', '2.19.0rc0, 2.9.1, 2.19.0, 2.10.0')
  t.match(failure(said), {
    code: 'native_version_unknown', message: 'The package index has no tensorflow-cpu==2.20.0 for linux x86_64. It has 2.9.1, 2.10.0, 2.19.0.', remedy: /--tf VERSION/
  })
  t.match(failure(NOTHING), { code: 'native_version_unknown', message: /It has none at all/ })
})

t.test('a file of another hash is refused with both hashes', async t => {
  const said = `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
    tensorflow-cpu==2.20.0 from https://example.org/tensorflow.whl:
        Expected sha256 ${'1'.repeat(64)}
             Got        ${'2'.repeat(64)}
`
  t.match(failure(said), { code: 'native_wheel_altered', message: new RegExp(`tensorflow-cpu==2\\.20\\.0 has sha256 ${'2'.repeat(64)}, not ${'1'.repeat(64)}`) })
})

t.test('a disk that is full is told as what it is', async t => {
  t.ok(isOutOfSpace(failure('ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device')))
  t.notOk(isOutOfSpace(failure(NOTHING)))
})

t.test('anything else is told in pip\'s own last words', async t => {
  t.match(failure('WARNING: something\nERROR: Invalid requirement: tensorflow==.\n'), { code: 'native_pip_failed', message: /==2\.20\.0: Invalid requirement: tensorflow==\.$/ })
  t.match(failure(''), { code: 'native_pip_failed', message: /it gave no reason/ })
})

/** What `npm test -- --threads N` asks for, in BLOCKSERVE_TEST_THREADS; undefined leaves them to the backends. */
const { BLOCKSERVE_TEST_THREADS: asked = '' } = process.env

export const TEST_THREADS = asked === '' ? undefined : Number(asked)

import { pino, type Logger } from 'pino'

/** Bytes of lines that wait for a reader. Beyond them lines are dropped, and counted. */
const MOST_WAITING_BYTES = 4 * 2 ** 20
/** How long the end of the process waits for a reader. */
const FAREWELL_MS = 500

type Destination = ReturnType<typeof pino.destination>

/**
 * A logger to standard output: JSON lines, or readable text where that is a terminal. It never waits for whoever reads them: lines that
 * find too many before them are dropped, which is told when there is room again.
 */
export function createLogger (level: string, name: string): Logger {
  const options = { level, base: { process: name } }
  if (process.stdout.isTTY) return pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
  const lines = openOutput()
  const logger = pino(options, lines)
  tellOfDropped(lines, logger)
  return logger
}

function openOutput (): Destination {
  let tryUntil = Infinity
  // Before the destination's own listener, which would wait for a reader for ever.
  process.once('exit', () => {
    tryUntil = performance.now() + FAREWELL_MS
    try {
      lines.flushSync()
    } catch {
      // Nobody reads: what is left cannot be told anybody.
    }
    lines.destroy()
  })
  // With a smallest length of 0 it would not tell when everything is written.
  const lines = pino.destination({
    dest: 1, sync: false, minLength: 1, maxLength: MOST_WAITING_BYTES, retryEAGAIN: () => performance.now() < tryUntil
  })
  return lines
}

function tellOfDropped (lines: Destination, logger: Logger): void {
  let dropped = 0
  lines.on('drop', () => { dropped++ })
  lines.on('drain', () => {
    if (dropped === 0) return
    const count = dropped
    dropped = 0
    logger.warn({ dropped: count }, 'log lines were dropped, because they were not read as fast as written')
  })
}

/** Resolves when all lines are written, or when nobody has read them for a moment. */
export async function flushLog (logger: Logger): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, FAREWELL_MS)
    logger.flush(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

interface WithHandle { readonly _handle?: { readonly setBlocking?: (blocking: boolean) => unknown } }

/**
 * To be called after a process was started that shares our standard output. Starting it makes writing wait for the reader again, in all
 * processes that share the output; a write that waits holds the end of the process too.
 */
export function neverWaitForReaders (): void {
  if (!process.stdout.isTTY) (process.stdout as WithHandle)._handle?.setBlocking?.(false)
}

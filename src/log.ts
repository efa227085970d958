import { pino, type Logger } from 'pino'

/** A logger to standard output: JSON lines, or readable text where that is a terminal. */
export function createLogger (level: string, name: string): Logger {
  if (!process.stdout.isTTY) return pino({ level, base: { process: name } })
  return pino({ level, base: { process: name }, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
}

import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'

/** Characters of a status; clients bound what surrounds a message to some kilobytes. */
const MOST = 1000

/** A text that may stand in a status: short, and without halves of characters, which would end the process. */
export const statusText = (text: string): string =>
  (text.length > MOST ? `${text.slice(0, MOST)}…` : text).replaceAll(/\p{Surrogate}/gu, '�')

/** Bounds the status of every call, those of the libraries' services, too, which repeat what they were asked for. */
export const shortStatus: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call, {
  sendStatus: (status, next) => { next({ ...status, details: statusText(status.details ?? '') }) }
})

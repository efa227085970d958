/** An inference from its request to its answer. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Dataplane } from '../dataplane/dataplane.ts'
import type { Input } from '../operations/define.ts'
import { modelInfer } from '../operations/index.ts'
import { contextOf } from './context.ts'
import { JSON_TYPE } from './oip-errors.ts'
import { bodyOf } from './oip-scope.ts'
import { readTarget } from '../wire/oip/target.ts'
import { acceptedEncoding, compress } from './wire/oip/encoding.ts'
import { JSON_LENGTH_HEADER, jsonLengthOf } from './wire/oip/json-length.ts'
import type { InferenceReader, InferenceRequest } from './wire/oip/request.ts'
import { encodeInference } from './wire/oip/response.ts'
import type { EncodedInference } from './wire/oip/response.ts'

const BINARY_TYPE = 'application/octet-stream'

/** Smaller answers are put together, larger ones leave in pieces so that their bytes are not copied. */
const LARGE = 65_536

interface Served { readonly dataplane: Dataplane, readonly config: Config, readonly reader: InferenceReader }

/** Reads the request, runs it, and answers in the form it asks for. */
export async function answerInference (
  request: FastifyRequest, reply: FastifyReply, { dataplane, config, reader }: Served
): Promise<FastifyReply> {
  const target = readTarget(request.params as Record<string, string>)
  const body = bodyOf(request)
  const asked = reader.read(body, jsonLengthOf(request.headers[JSON_LENGTH_HEADER], body.length))
  const { priority } = asked
  const context = { ...contextOf(request, reply, timeoutOf(asked, config)), ...priority !== undefined && { priority } }
  const { output } = await dataplane.run(modelInfer, inputOf(asked, target), context)
  return await sendInference(reply, encodeInference(output, asked), request.headers['accept-encoding'])
}

const timeoutOf = ({ timeoutUs }: InferenceRequest, { requestTimeoutMs }: Config): number =>
  timeoutUs === undefined ? requestTimeoutMs : Math.min(requestTimeoutMs, timeoutUs / 1000)

function inputOf ({ inputs, raw, requested }: InferenceRequest, target: { model?: string, version?: number }): Input<typeof modelInfer> {
  return { model: '', ...target, inputs, ...raw !== undefined && { raw }, ...requested !== undefined && { outputs: requested } }
}

/** Sends an answer, compressed where `accepted`, an Accept-Encoding header, asks for it. */
export async function sendInference (
  reply: FastifyReply, { json, binary }: EncodedInference, accepted?: string | string[]
): Promise<FastifyReply> {
  const encoding = acceptedEncoding(accepted)
  if (binary === undefined && encoding === undefined) return reply.header('content-type', JSON_TYPE).send(json)
  const head = Buffer.from(json)
  if (binary === undefined) reply.header('content-type', JSON_TYPE)
  else reply.headers({ 'content-type': BINARY_TYPE, [JSON_LENGTH_HEADER]: head.length })
  if (encoding !== undefined) return reply.header('content-encoding', encoding).send(await compress(whole(head, binary), encoding))
  return sendPlain(reply, head, binary)
}

const whole = (head: Buffer<ArrayBuffer>, binary: EncodedInference['binary']): Buffer<ArrayBuffer> =>
  binary === undefined ? head : Buffer.concat([head, ...binary])

function sendPlain (reply: FastifyReply, head: Buffer<ArrayBuffer>, binary: EncodedInference['binary'] = []): FastifyReply {
  const length = binary.reduce((total, bytes) => total + bytes.byteLength, head.length)
  if (length < LARGE || binary.length === 0) return reply.send(whole(head, binary))
  return reply.header('content-length', length).send(Readable.from([head, ...binary.filter(bytes => bytes.byteLength > 0)]))
}

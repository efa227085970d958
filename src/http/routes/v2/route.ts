/** Where an operation of the Open Inference Protocol stands, and what follows from it. */
import type { Operation } from '../../../operations/define.ts'
import type { Component } from '../../../operations/schemas/component.ts'
import type { Members } from '../../../wire/oip/members.ts'

export const PREFIX = '/v2'

export interface OipRoute {
  readonly operation: Operation
  /** Of the document; two routes may serve one operation. */
  readonly operationId: string
  readonly method: 'GET' | 'POST'
  /** Below the prefix, with `:model` and `:version`. */
  readonly url: string
  /** The JSON body, which may be left out, and what of the input it says. */
  readonly body?: { readonly schema: Component, readonly read: (body: Members) => object }
}

/** A route for a model, and the same for one of its versions. */
export function versioned (operation: Operation, method: OipRoute['method'], below: string): OipRoute[] {
  const { name } = operation
  return [
    { operation, operationId: name, method, url: `/models/:model${below}` },
    { operation, operationId: name.replace(/^model/, 'modelVersion'), method, url: `/models/:model/versions/:version${below}` }
  ]
}

/** Messages as the loader gives them: 64-bit integers are texts, absent members have the defaults of proto3. */

/** One of several members; `parameter_choice` names the one that is there. */
export type Parameter = Readonly<Record<string, unknown>> & { readonly parameter_choice?: string }
export type ParameterMap = Readonly<Record<string, Parameter>>

export interface Contents {
  readonly bool_contents: readonly boolean[]
  readonly int_contents: readonly number[]
  readonly int64_contents: readonly string[]
  readonly uint_contents: readonly number[]
  readonly uint64_contents: readonly string[]
  readonly fp32_contents: readonly number[]
  readonly fp64_contents: readonly number[]
  readonly bytes_contents: ReadonlyArray<Buffer<ArrayBuffer>>
}

export interface InputTensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly string[]
  readonly parameters: ParameterMap
  readonly contents: Contents | null
}

export interface ModelInferRequest {
  readonly model_name: string
  readonly model_version: string
  readonly id: string
  readonly parameters: ParameterMap
  readonly inputs: readonly InputTensor[]
  readonly outputs: ReadonlyArray<{ readonly name: string, readonly parameters: ParameterMap }>
  readonly raw_input_contents: ReadonlyArray<Buffer<ArrayBuffer>>
}

/** A request about a model; without a name, where that is allowed, about all. */
export interface ModelRequest { readonly name: string, readonly version: string }

export interface RepositoryRequest {
  readonly repository_name: string
  readonly model_name: string
  readonly parameters: ParameterMap
}

export interface IndexRequest { readonly ready: boolean }

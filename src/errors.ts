/**
 * The one table of error codes. Every error the product raises on purpose is thrown through `problem(code, values)`.
 * A message says what was received, what was expected, what exists, and how to mend it; `remedy` is the general advice.
 * `kind` is the class of the same situation in MXNet, for the errors of the Block library.
 * `docs/errors.md` is this table and is proven equal to it by a test. A retired code is never used again.
 */

export type Kind =
  | 'AssertionError' | 'DeferredInitializationError' | 'IndexError' | 'KeyError' | 'MXNetError' | 'NotImplementedError'
  | 'RuntimeError' | 'TypeError' | 'ValueError' | 'error'

export interface ErrorRow {
  /** HTTP status of a response that carries this code. */
  readonly status: number
  readonly kind?: Kind
  /** `{name}` is replaced by the value of that name. */
  readonly message: string
  readonly remedy: string
}

const row = (status: number, message: string, remedy: string): ErrorRow => ({ status, message, remedy })
const nn = (kind: Kind, status: number, message: string, remedy: string): ErrorRow => ({ status, kind, message, remedy })

export const ERRORS = {
  // --- the request ---
  invalid_json: row(400, 'The body is not valid JSON: {detail}.', 'Send one JSON document, UTF-8.'),
  validation_failed: row(400, 'The request is not valid: {detail}.', 'Mend the members named in `errors`; each has a JSON pointer.'),
  invalid_name: row(400, '\'{name}\' is not a valid name.', 'Use 1 to 128 of A-Z a-z 0-9 . _ -, and neither \'.\', \'..\' nor \'stats\'.'),
  invalid_pattern: nn('error', 400, 'The pattern \'{pattern}\' is not a valid regular expression: {detail}.', 'Patterns are RE2 expressions, anchored at the start of the full name: \'.*weight\' selects every weight.'),
  invalid_slice: row(400, 'The slice \'{slice}\' cannot be applied to shape {shape}: {detail}.', 'Use NumPy notation: integers, start:stop:step, \'...\', separated by commas.'),
  invalid_tensor: row(400, 'The tensor at {where} cannot be read: {detail}.', 'Send {"shape","dtype","data"} with as many numbers as the shape holds; NaN and infinities are the strings "NaN", "Infinity", "-Infinity".'),
  route_not_found: row(404, 'There is nothing at {method} {url}.', 'GET /openapi.json lists every operation.'),
  method_not_allowed: row(405, '{method} is not allowed at {url}. Allowed: {allowed}.', 'Use one of the allowed methods.'),
  body_too_large: row(413, 'The body is larger than {limit} bytes.', 'Send less at once, or raise BLOCKSERVE_MAX_BODY_BYTES.'),
  unsupported_media_type: row(415, 'A body of type \'{received}\' is not understood here. Expected: {expected}.', 'Set the Content-Type header to what the body is.'),
  precondition_failed: row(412, 'Model \'{model}\' is at revision {actual}, not at {expected}.', 'Read the model again, then repeat the change with its new ETag.'),
  malformed_http: row(400, 'The request is not valid HTTP: {detail}.', 'Mend its request line, its URL or its headers.'),
  request_timeout: row(408, 'The request did not arrive whole within {ms} ms.', 'Send it faster, or raise BLOCKSERVE_REQUEST_TIMEOUT_MS.'),
  headers_too_large: row(431, 'The headers of the request are too large.', 'Send fewer or shorter headers.'),
  idempotency_conflict: row(422, 'Idempotency-Key \'{key}\' was used before for another request.', 'Use a new key for a new request.'),

  // --- what does not exist, or exists already ---
  model_not_found: row(404, 'There is no model \'{model}\'. {known}', 'POST /v1/models creates one.'),
  model_exists: row(409, 'A model named \'{model}\' exists already.', 'Choose another name, or delete it first.'),
  model_unavailable: row(409, 'Model \'{model}\' is unavailable: {reason}.', 'Bring its architecture back, then restart; its data is kept.'),
  model_unloaded: row(409, 'Model \'{model}\' is unloaded; POST /v2/repository/models/{model}/load brings it back.', 'Load it first. Its data is kept.'),
  architecture_not_found: row(404, 'There is no architecture \'{architecture}\'. {known}', 'GET /v1/architectures lists them.'),
  architecture_read_only: row(409, 'Architecture \'{architecture}\' comes from a module and cannot be changed here.', 'Store your spec under another name.'),
  block_not_found: row(404, 'There is no block at \'{path}\' in model \'{model}\'. {known}', 'Paths join children with dots, such as \'0.1\' or \'hidden\'; the empty path is the model itself.'),
  parameter_not_found: row(404, 'There is no parameter \'{parameter}\' in model \'{model}\'. {known}', 'Use a full name (dense0_weight) or a structural name (0.weight).'),
  checkpoint_not_found: row(404, 'Model \'{model}\' has no checkpoint {checkpoint}. {known}', 'GET …/checkpoints lists them.'),
  array_not_found: row(404, 'There are no arrays named \'{array}\'. {known}', 'PUT /v1/arrays/{name} stores some.'),

  // --- inferences by name ---
  unknown_input: row(422, 'Model \'{model}\' has no input \'{input}\'. {known}', 'GET /v2/models/{model} names its inputs.'),
  missing_input: row(422, 'Model \'{model}\' needs the input \'{input}\', which the request does not have. {known}', 'Send every input that GET /v2/models/{model} names.'),
  unknown_output: row(422, 'Model \'{model}\' has no output \'{output}\'. {known}', 'GET /v2/models/{model} names its outputs; without `outputs` all are answered.'),
  inexact_input: row(422, 'Input \'{input}\' has the {datatype} value {value} at position {position}, which FP32 cannot hold exactly.', 'Models compute in FP32: round the values and send them as FP32.'),
  not_by_row: row(422, 'Output \'{output}\' of model \'{model}\' has shape {shape}, which is not a row for each of {count} instance(s).', 'Ask POST /v2/models/{model}/infer, which answers outputs whole.'),
  raw_input: row(422, 'The elements of a model\'s only input cannot be sent without their shape to model \'{model}\': {detail}.', 'Describe the input in JSON before its bytes, and give the length of the JSON in Inference-Header-Content-Length.'),

  // --- limits ---
  version_too_large: row(422, 'Version {version} of model \'{model}\' takes {bytes} bytes; all versions in memory may take {limit}.', 'Raise BLOCKSERVE_MAX_VERSION_BYTES.'),
  too_many_models: row(422, 'There are {count} models, the most allowed is {limit}.', 'Delete models, or raise BLOCKSERVE_MAX_MODELS.'),
  too_many_parameter_bytes: row(422, 'The parameters would take {bytes} bytes, the most allowed is {limit}.', 'Use a smaller model, or raise BLOCKSERVE_MAX_PARAMETER_BYTES.'),
  too_many_elements: row(422, 'A tensor of shape {shape} has more than {limit} elements.', 'Send less at once, or raise BLOCKSERVE_MAX_ELEMENTS.'),
  rank_too_high: row(422, 'A tensor of rank {rank} is not supported, the most is 6.', 'Reshape it to at most 6 dimensions.'),
  program_limit: row(422, 'The program of {block} went past its limit of {limit} {what}.', 'Make the loop end sooner, or the tensors smaller.'),
  deadline_exceeded: row(504, 'The deadline of the request passed after {ms} ms.', 'Ask for less, or allow more time.'),

  // --- the server ---
  engine_unavailable: row(503, 'The engine is {state}.', 'Try again after the seconds in Retry-After.'),
  first_engine_only: row(503, 'This engine cannot change model \'{model}\'; the first engine can.', 'Try again after the seconds in Retry-After.'),
  client_gone: row(499, 'The client went away before its answer.', 'Nothing: it is not there to read this.'),
  queue_full: row(503, 'The queue of model \'{model}\' is full ({limit} waiting).', 'Try again after the seconds in Retry-After.'),
  shutting_down: row(503, 'The server is stopping.', 'Try again on another instance.'),
  internal: row(500, 'Something went wrong that should not have.', 'Report it with the request id; the log has the cause.'),
  invalid_setting: row(500, '{variable} (or {flag}) is \'{value}\'; allowed: {allowed}.', 'Mend the setting and start again.'),
  unknown_flag: row(500, '{detail} The flags are: {known}.', 'Remove the flag, or mend its name.'),
  grpc_address_unusable: row(500, 'gRPC cannot listen at {host}:{port}: {detail}.', 'Choose another BLOCKSERVE_GRPC_PORT, or 0 for none.'),
  address_unusable: row(500, 'The server cannot listen at {host}:{port}: {detail}.', 'Stop what uses the address, or choose another BLOCKSERVE_PORT (0 picks a free one) or BLOCKSERVE_HOST.'),
  data_version: row(500, 'The data folder {folder} has format {found}; this program knows {known}.', 'Start a newer blockserve on it.'),
  data_damaged: row(500, 'The data folder is damaged: {detail}.', 'Restore it from a backup, or delete the model, checkpoint or arrays concerned.'),
  store_taken_over: row(503, 'Another server has taken over the data folder.', 'Run one server on a data folder.'),
  storage_failed: row(500, 'The data folder cannot be used: {detail}.', 'Make room on the disk, or look at its health; then try again.'),
  channel_value: row(500, 'A message between the processes cannot carry {received} at {where}.', 'Send JSON values and typed arrays.'),
  channel_frame: row(500, 'A frame between the processes is broken: {detail}.', 'The engine restarts by itself; report it if it happens again.'),
  out_of_memory: row(503, 'The backend has no memory left for {bytes} bytes.', 'Send less at once, or delete models; more than 4 GiB needs a native backend.'),
  device_out_of_memory: row(507, 'The device ({device}) has no memory left: {asked} were asked for, {free} are free.', 'Send fewer rows at once, or delete models; everything else goes on.'),
  device_failed: row(503, 'The device ({device}) failed: {detail}. The engine starts anew, and its models come back.', 'Try again after the seconds in Retry-After. If it fails again and again, look at the log, at nvidia-smi, and at dmesg for Xid errors.'),
  backend_unavailable: row(500, 'The backend \'{backend}\' cannot be used: {reason}. {remedy}', 'Do what the message says, or let BLOCKSERVE_BACKEND=auto take what works.'),

  // --- native build ---
  native_option: row(500, 'The option {option} is \'{received}\'; {expected}.', 'npm run native -- --help tells what each option takes.'),
  native_system_unsupported: row(500, 'TensorFlow\'s native backend cannot be built on {system}: {reason}.', 'Nothing needs to be done: the server computes with WASM there. The native backend needs Linux with glibc, on x86-64 or ARM64.'),
  native_cuda_unsupported: row(500, 'There is no TensorFlow with CUDA for {system}.', 'Run npm run native: there TensorFlow computes on the CPU.'),
  native_cpu_unsupported: row(500, 'The processor ({cpu}) has no AVX instructions, and TensorFlow is compiled for them.', 'Nothing needs to be done: the server computes with WASM there. The native backend needs another machine.'),
  native_glibc_too_old: row(500, 'TensorFlow {version} needs glibc {needed} or newer; this system has {found}.', 'Run npm run native -- --tf 2.20.0, which needs 2.17, or use a newer system; until then the server computes with WASM.'),
  native_pip_missing: row(500, 'There is no pip, which downloads TensorFlow (tried: {tried}). Run: {command}', 'Install pip for any Python 3, or bring the wheels as files: npm run native -- --wheel FILE.'),
  native_pip_too_old: row(500, '{pip} is pip {found}; {needed} or newer is needed. Run: {command}', 'Renew pip, or bring the wheels as files: npm run native -- --wheel FILE.'),
  native_compiler_missing: row(500, 'There is no C++ compiler (tried: {tried}). Run: {command}', 'Install one, or name yours in CXX; without root: python3 -m pip install ziglang && CXX="python3 -m ziglang c++" npm run native.'),
  native_compile_failed: row(500, 'The addon cannot be compiled with {compiler}: {detail}.', 'Use a compiler of C++17 (GCC 9 or newer, Clang 10 or newer); CXX names it.'),
  native_headers_missing: row(500, 'The header node_api.h is missing (looked in: {looked}).', 'Run npm install --no-save node-api-headers.'),
  native_sources_unknown: row(500, 'The addon\'s sources in {folder} cannot be used: {detail}.', 'Run npm ci, which brings the version that is known here.'),
  native_no_space: row(500, '{folder} has {free} free; {needed} more are needed.', 'Make room there, or take another disk: npm run native -- --dir FOLDER, and BLOCKSERVE_NATIVE=FOLDER for the server.'),
  native_folder_unusable: row(500, 'Builds cannot be made in {folder}: {detail}.', 'Take another folder: npm run native -- --dir FOLDER, and BLOCKSERVE_NATIVE=FOLDER for the server.'),
  native_busy: row(500, 'Process {pid} on {host} is making a build in {folder}, since {since}.', 'Wait until it has finished. If it is gone, delete the folder .lock in there.'),
  native_index_unreachable: row(500, 'pip cannot reach the package index: {detail}.', 'Look at network, proxy and certificates (HTTPS_PROXY, PIP_INDEX_URL, PIP_CERT) and run it again: finished downloads are kept. Without a network: npm run native -- --wheel FILE.'),
  native_version_unknown: row(500, 'The package index has no {requirement} for {system}. {known}', 'Choose a version it has: npm run native -- --tf VERSION.'),
  native_pip_failed: row(500, 'pip did not download {requirement}: {detail}.', 'Mend what pip says and run it again, or bring the wheel as a file: npm run native -- --wheel FILE.'),
  native_wheel_altered: row(500, 'The file {wheel} has sha256 {received}, not {expected} as published.', 'Delete it and download it again from an index you trust.'),
  native_wheel_unfit: row(500, 'The file {wheel} is of no use here: {detail}.', 'Bring the wheel tensorflow_cpu (CPU on x86-64) or tensorflow (CUDA, or ARM64), and with CUDA those of the CUDA libraries.'),
  native_wheel_unreadable: row(500, 'The file {wheel} cannot be unpacked: {detail}.', 'Delete it and download it again.'),
  native_wheels_lacking: row(500, 'With --wheel nothing is downloaded, and these wheels are lacking: {missing}.', 'Give each with --wheel FILE, or use the CUDA libraries of the system: --no-cuda-libs.'),
  native_probe_failed: row(500, 'The build does not work on this machine, so it was not kept: {detail}.', 'Try npm run native -- --no-strip, or another version: npm run native -- --tf 2.19.1.'),
  native_build_missing: row(500, 'There is no {build} in {folder}.', 'Run npm run native, or npm run native:cuda for a GPU.'),

  // --- specs ---
  invalid_spec: row(422, 'The architecture is not valid: {detail}.', 'Mend the members named in `errors`; POST /v1/architectures/validate checks without building.'),

  // --- blocks and parameters ---
  attribute_type: nn('TypeError', 422, '{block}: attribute \'{name}\' is a {old} and cannot become a {received}.', 'Assign a value of the same type, or use another attribute.'),
  attribute_registered: nn('AssertionError', 422, '{block}: attribute \'{name}\' holds another Parameter already.', 'Use set_data to change its value, or another attribute.'),
  not_a_block: nn('TypeError', 422, '{block}: child \'{name}\' is a {received}, not a Block.', 'Add Blocks only; wrap a function in a Lambda.'),
  not_hybrid: nn('ValueError', 422, '{block}: child \'{name}\' is a {received}; the children of a HybridBlock must be HybridBlocks.', 'Put it into a Sequential, or make it a HybridBlock.'),
  index_out_of_range: nn('IndexError', 422, '{block}: index {index} is out of range: it has {length} children, {first} to {last}.', 'Use an index in that range; negative ones count from the end.'),
  no_forward: nn('NotImplementedError', 422, '{block} has no forward.', 'Define forward(x) in its class.'),
  not_an_array: nn('ValueError', 422, '{block}: argument {position} is a {received}, not an array.', 'Pass arrays made by np.array.'),
  argument_count: nn('TypeError', 422, '{block}: forward takes {expected} argument(s), {received} given.', 'Pass as many arrays as forward takes.'),
  unknown_option: nn('TypeError', 422, '{block} has no option {unknown}. Its options are: {known}.', 'Remove it, or mend its name.'),
  wrong_input_shape: nn('MXNetError', 422, '{block}: expected an input of shape {expected}, received {received}.', 'Send an input of the expected shape; a layer keeps the input width of its first forward.'),
  unknown_activation: nn('MXNetError', 422, '{block}: there is no activation \'{activation}\'. Known: {known}.', 'Use one of the known activations.'),
  deferred_inference_failed: nn('ValueError', 422, '{block}: the shapes of its parameters cannot be inferred from an input of shape {shape}: {detail}.', 'Send an input the layer accepts, or give its sizes when you make it.'),
  not_initialized: nn('RuntimeError', 409, 'Parameter \'{parameter}\' has not been initialized.', 'Call initialize first, or load parameters.'),
  deferred: nn('DeferredInitializationError', 409, 'Parameter \'{parameter}\' has shape {shape} and waits for the first forward, which tells its unknown dimensions.', 'Run one forward first, or avoid deferred initialization by giving in_units (in_channels, …).'),
  deferred_shape_unknown: nn('AssertionError', 422, 'Parameter \'{parameter}\' cannot be completed: its shape {shape} is still not known.', 'Set its shape from the input in infer_shape, or give it when the parameter is made.'),
  shape_unknown: nn('ValueError', 422, 'Parameter \'{parameter}\' cannot be initialized: its shape {shape} is not known and it may not be deferred.', 'Give its whole shape, or allow_deferred_init.'),
  no_gradient: nn('RuntimeError', 409, 'Parameter \'{parameter}\' has no gradient because its grad_req is null.', 'Set grad_req to write or add.'),
  bad_grad_req: nn('AssertionError', 422, 'Parameter \'{parameter}\': grad_req is one of write, add, null; received \'{received}\'.', 'Use write, add or null.'),
  shape_conflict: nn('AssertionError', 422, 'Parameter \'{parameter}\' has shape {expected}; received {received}.', 'Use the shape of the parameter; only its unknown dimensions (−1) may be filled.'),
  dtype_conflict: nn('AssertionError', 422, 'Parameter \'{parameter}\' has dtype {expected}; received {received}.', 'Use the dtype of the parameter, or cast.'),
  set_data_uninitialized: nn('AssertionError', 409, 'Parameter \'{parameter}\' has not been initialized, so its data cannot be set.', 'Call initialize first, or load parameters.'),
  sharing_conflict: nn('AssertionError', 422, 'Parameter \'{parameter}\' exists with {attribute} = {existing}; another block asks for {received}.', 'Share only between blocks that agree.'),
  parameter_clash: nn('AssertionError', 422, 'Two different parameters are named \'{parameter}\'.', 'Give one of the blocks another prefix.'),
  parameter_key: nn('KeyError', 404, 'There is no parameter \'{parameter}\'. {known}', 'Use a full name, prefix included.'),
  constant_missing: nn('KeyError', 404, 'There is no constant \'{parameter}\'.', 'Give its value to make it.'),
  constant_conflict: nn('AssertionError', 422, 'Constant \'{parameter}\': {detail}.', 'Use another name, or the same value.'),

  // --- initializers and random numbers ---
  unknown_initializer: nn('AssertionError', 422, 'There is no initializer \'{initializer}\'. Known: {known}.', 'Use one of the known initializers.'),
  initializer_option: nn('ValueError', 422, 'Initializer {initializer}: {detail}.', 'Mend the option.'),
  initializer_dtype: nn('MXNetError', 422, 'Initializer {initializer} draws float32 values, which \'{parameter}\' of dtype {dtype} cannot take.', 'Give it a constant initializer, load its values, or initialize it as float32 and cast it then.'),
  initializer_shape: nn('ValueError', 422, 'Initializer {initializer} cannot fill \'{parameter}\' of shape {shape}: it needs at least 2 dimensions.', 'Give the parameter another initializer.'),
  random_option: nn('ValueError', 422, 'random.{function}: {detail}.', 'Mend the argument.'),
  hybridized_summary: nn('AssertionError', 409, '{block} is hybridized, so its layers cannot be watched for a summary.', 'Call hybridize(false) first.'),
  shape_mismatch: nn('MXNetError', 422, '{operator}: shapes {a} and {b} do not fit together.', 'Reshape one of them, or send inputs of the expected shape.'),
  axis_out_of_range: nn('ValueError', 422, '{operator}: axis {axis} does not exist in shape {shape}.', 'Use an axis of the array; negative ones count from the end.'),
  empty_reduction: nn('ValueError', 422, '{operator}: an array of shape {shape} has no elements along the reduced axes, so there is no result.', 'Send at least one element, or reduce along another axis.'),
  unknown_function: nn('AssertionError', 422, '{block}: there is no function \'{received}\'. Known: {known}.', 'Use one of the known functions, or pass a function.'),
  forward_failed: nn('RuntimeError', 422, 'The forward of {block} failed: {detail}', 'Mend the code of the block, or send an input it accepts.'),

  // --- autograd ---
  not_recorded: nn('MXNetError', 409, 'The array does not come out of a recorded computation, so there is nothing to differentiate.', 'Compute it inside autograd.record.'),
  head_gradient_count: nn('ValueError', 422, '{received} head gradients are given for {expected} output(s).', 'Give one per output, or none.'),
  head_gradient_shape: nn('MXNetError', 422, 'Head gradient {position} has shape {received}, its output has {expected}.', 'Give one head gradient per output, of the same shape.'),

  // --- files ---
  invalid_file: nn('MXNetError', 422, 'The file is not readable: {detail}.', 'Send a .params file written by MXNet or by this server.'),
  unwritable_file: nn('MXNetError', 422, 'The file cannot be written: {detail}.', 'Mend the array or the name, or choose another format.'),
  file_not_found: nn('MXNetError', 404, 'The file {path} cannot be read: {detail}.', 'Check the path and its permissions.'),
  parameters_unreadable: nn('ValueError', 422, 'The parameters cannot be loaded. {detail}', 'Give the path of a .params file.'),
  load_mismatch: nn('AssertionError', 422, 'The parameters cannot be loaded: {detail}.', 'Mend every entry of `errors`, or use allow_missing, ignore_extra, cast_dtype.'),
  load_extra: nn('ValueError', 422, 'The file has more than the block takes: {detail}.', 'Use ignore_extra to skip what the model does not have.')
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** One mistake among several, with a JSON pointer to where it is. */
export interface Mistake { readonly pointer: string, readonly message: string }

export type ErrorValues = Readonly<Record<string, string | number | undefined>>

/** An error of the table. `message` is the filled template; the transport adds the rest. */
export class BlockserveError extends Error {
  override readonly name = 'BlockserveError'
  readonly code: ErrorCode
  readonly mistakes: readonly Mistake[]
  readonly retryAfter: number | undefined

  constructor (code: ErrorCode, message: string, options: { mistakes?: readonly Mistake[], retryAfter?: number, cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.mistakes = options.mistakes ?? []
    this.retryAfter = options.retryAfter
  }

  get status (): number { return ERRORS[this.code].status }
  get remedy (): string { return ERRORS[this.code].remedy }
  get kind (): Kind | undefined { return (ERRORS[this.code] as ErrorRow).kind }
}

/** Fills `{name}` in a template of the table. */
export function fill (template: string, values: ErrorValues): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => name in values ? String(values[name]) : whole)
}

/** The error of the table for `code`. Use: `throw problem('model_not_found', { model, known })`. */
export function problem (
  code: ErrorCode, values: ErrorValues = {}, options: { mistakes?: readonly Mistake[], retryAfter?: number, cause?: unknown } = {}
): BlockserveError {
  return new BlockserveError(code, fill(ERRORS[code].message, values), options)
}

/** Names for a message, shortened as MXNet does: up to 7, else the first 3, an ellipsis, the last 4. */
export function listNames (names: Iterable<string>): string {
  const all = [...names].map(name => `'${name}'`)
  return all.length <= 7 ? all.join(', ') : [...all.slice(0, 3), '…', ...all.slice(-4)].join(', ')
}

/** The sentence that lists what exists, for `{known}`. */
export function knownNames (noun: string, names: Iterable<string>): string {
  const list = listNames(names)
  return list === '' ? `There are no ${noun} yet.` : `The ${noun} are: ${list}.`
}

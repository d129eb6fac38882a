/** The wire between the parent and an engine process. All numbers are little-endian. */

/** `ready` is answered as soon as ONNX Runtime is in memory, and the device awake that it names, without a model. */
export const EngineCall = { load: 1, run: 2, probe: 3, prepack: 4, ready: 5 } as const;

export type Device = 'cpu' | 'cuda' | 'webgpu';

/** The JSON payload of a load call. */
export interface LoadRequest {
  readonly modelFile: string;
  readonly device: Device;
  readonly threads: number;
  /** Tokens of the longest pair: no row is padded beyond. Undefined where rows are never padded further than to the longest. */
  readonly maxLength?: number | undefined;
  /**
   * What ONNX Runtime may change: everything; only constants that it can compute ahead; nothing, for graphs that are fused
   * already and whose packed weights belong to just these nodes.
   */
  readonly optimization: 'all' | 'constants' | 'none';
  /** Refuses a graph of which a part would run on the CPU because the device has no kernel for it. */
  readonly onlyDevice?: boolean;
}

/** The JSON payload of a prepack call. */
export interface PrepackRequest {
  readonly modelFile: string;
  /** Where to save the model with the packed weights. */
  readonly packedFile: string;
  /** Name of the file for its weights, in the same directory. */
  readonly packedWeights: string;
}

export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  /** Fixed sizes as numbers, symbolic ones by name. */
  readonly shape: readonly (number | string)[];
}

/** The JSON answer to a load call. */
export interface LoadReply {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly loadMs: number;
}

/** The JSON payload of a ready call. Without one, no device is touched. */
export interface WakeRequest {
  readonly device: Device;
  /** A minimal ONNX model to use it with. */
  readonly modelBase64: string;
}

/** The JSON payload of a probe call: which of these devices, in order, really works? */
export interface ProbeRequest {
  readonly devices: readonly Device[];
  /** A minimal ONNX model to try them with. */
  readonly modelBase64: string;
}

/** The JSON answer to a probe call. */
export interface ProbeReply {
  /** Version of ONNX Runtime. */
  readonly runtime: string;
  readonly device: Device | undefined;
  readonly failures: readonly { readonly device: Device; readonly reason: string }[];
}

/** Token rows of different lengths, back to back. */
export interface RaggedTokens {
  /** Tokens of each row. */
  readonly lengths: Uint32Array;
  /** sum(lengths) token ids. */
  readonly ids: Int32Array;
  /** sum(lengths) segment ids (0 query, 1 document). */
  readonly typeIds: Uint8Array;
}

/** Layout: u32 rows, u32[rows] lengths, i32[tokens] ids, u8[tokens] type ids. */
export function encodeRagged(tokens: RaggedTokens): Uint8Array {
  const { lengths, ids, typeIds } = tokens;
  const bytes = new Uint8Array(4 + lengths.byteLength + ids.byteLength + typeIds.byteLength);
  new Uint32Array(bytes.buffer, 0, 1)[0] = lengths.length;
  new Uint32Array(bytes.buffer, 4, lengths.length).set(lengths);
  new Int32Array(bytes.buffer, 4 + lengths.byteLength, ids.length).set(ids);
  bytes.set(typeIds, 4 + lengths.byteLength + ids.byteLength);
  return bytes;
}

/** The inverse of encodeRagged; the arrays are views into `payload`, which must start 4-byte aligned. */
export function decodeRagged(payload: Uint8Array): RaggedTokens {
  const { buffer, byteOffset } = payload;
  const rows = new Uint32Array(buffer, byteOffset, 1)[0] ?? 0;
  const lengths = new Uint32Array(buffer, byteOffset + 4, rows);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const idsAt = byteOffset + 4 + lengths.byteLength;
  const ids = new Int32Array(buffer, idsAt, tokens);
  return { lengths, ids, typeIds: new Uint8Array(buffer, idsAt + ids.byteLength, tokens) };
}

/** The answer to a run call: f64 runMs, f64 computeMs, then f32[rows] logits. */
export interface RunReply {
  /** Milliseconds inside ONNX Runtime, by the wall clock. */
  readonly runMs: number;
  /**
   * Milliseconds that the model took of the device: on a CPU processor time of all threads, which does not grow when others
   * want the processors too; elsewhere the same as runMs.
   */
  readonly computeMs: number;
  readonly logits: Float32Array;
}

/** Two f64. */
const TIMES_BYTES = 16;

/** In the layout above; the engine's own buffer is copied. */
export function encodeRunReply({ runMs, computeMs, logits }: RunReply): Uint8Array {
  const bytes = new Uint8Array(TIMES_BYTES + logits.byteLength);
  new Float64Array(bytes.buffer, 0, 2).set([runMs, computeMs]);
  new Float32Array(bytes.buffer, TIMES_BYTES).set(logits);
  return bytes;
}

/** @param payload the answer, 8-byte aligned. */
export function decodeRunReply(payload: Uint8Array): RunReply {
  const { buffer, byteOffset, byteLength } = payload;
  const [runMs = Number.NaN, computeMs = Number.NaN] = new Float64Array(buffer, byteOffset, 2);
  const logits = new Float32Array(buffer, byteOffset + TIMES_BYTES, (byteLength - TIMES_BYTES) / 4);
  return { runMs, computeMs, logits };
}

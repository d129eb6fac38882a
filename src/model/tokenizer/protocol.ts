import { deserialize, serialize } from 'node:v8';
import { decodeRagged, encodeRagged, type RaggedTokens } from '../../engine/protocol.ts';

/** The wire between the parent and a tokenizer process. */
export const TokenizerCall = { load: 1, encode: 2 } as const;

export interface EncodeRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** Tokens of a whole pair, special tokens included. */
  readonly maxLength: number;
}

/** Token rows of (query, document) pairs, one a document. */
export interface EncodedPairs extends RaggedTokens {
  /** 1 where the document did not fit and was cut. */
  readonly truncated: Uint8Array;
}

/** V8's own format: strings travel as they lie in memory, which no JSON does. */
export function encodeRequest(request: EncodeRequest): Uint8Array {
  return serialize(request);
}

export function decodeRequest(payload: Uint8Array): EncodeRequest {
  return deserialize(payload) as EncodeRequest;
}

/** Layout: the ragged rows, then u8[rows] truncated. */
export function encodePairs(pairs: EncodedPairs): Uint8Array {
  return Buffer.concat([encodeRagged(pairs), pairs.truncated]);
}

/** @param payload 4-byte aligned; the arrays are views into it. */
export function decodePairs(payload: Uint8Array): EncodedPairs {
  const ragged = decodeRagged(payload);
  return { ...ragged, truncated: payload.subarray(payload.byteLength - ragged.lengths.length) };
}

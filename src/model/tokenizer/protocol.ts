import { deserialize, serialize } from 'node:v8';
import { decodeRagged, encodeRagged, type RaggedTokens } from '../../engine/protocol.ts';
import type { Cut } from '../text-limits.ts';

/** The wire between the parent and a tokenizer process. */
export const TokenizerCall = { load: 1, encode: 2, inspect: 3 } as const;

export interface EncodeRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** Tokens of a whole pair, special tokens included. */
  readonly maxLength: number;
  readonly cut?: Cut;
}

/** What there is to say about a row, as bits. */
export const Mark = {
  /** Its document is longer than all of its rows. */
  documentCut: 1,
  queryCut: 2,
  /** It is another window of the document of the row before. */
  sameDocument: 4,
} as const;

/** Token rows of (query, document) pairs, one a document, or one a window. */
export interface EncodedPairs extends RaggedTokens {
  /** @see Mark */
  readonly marks: Uint8Array;
}

export interface InspectRequest {
  /** To be encoded, decoded and encoded again. */
  readonly texts: readonly string[];
  /** Tokens whose ids are wanted. */
  readonly tokens: readonly string[];
}

/** What becomes of a text on its way through a tokenizer. */
export interface RoundTrip {
  readonly text: string;
  /** Without special tokens around them. */
  readonly ids: readonly number[];
  /** The text that the ids stand for; null when tokenizer.json has no decoder. */
  readonly decoded: string | null;
  /** The ids of that text. */
  readonly again: readonly number[] | null;
}

export interface TokenizerInspection {
  /** Tokens of the vocabulary, added ones included. */
  readonly size: number;
  /** By token; null where it has no such token. */
  readonly ids: Readonly<Record<string, number | null>>;
  readonly roundTrips: readonly RoundTrip[];
}

/** V8's own format: strings travel as they lie in memory, which no JSON does. */
export function encodeRequest(request: EncodeRequest): Uint8Array {
  return serialize(request);
}

/** @throws Error for bytes that `encodeRequest` has not written. What is in them is not looked at: both ends are ours. */
export function decodeRequest(payload: Uint8Array): EncodeRequest {
  return deserialize(payload) as EncodeRequest;
}

/** The same format, for a call and an answer of a few lines. */
export function encodeInspection(value: InspectRequest | TokenizerInspection): Uint8Array {
  return serialize(value);
}

export function decodeInspectRequest(payload: Uint8Array): InspectRequest {
  return deserialize(payload) as InspectRequest;
}

export function decodeInspection(payload: Uint8Array): TokenizerInspection {
  return deserialize(payload) as TokenizerInspection;
}

/** Layout: the ragged rows, then u8[rows] marks. */
export function encodePairs(pairs: EncodedPairs): Uint8Array {
  return Buffer.concat([encodeRagged(pairs), pairs.marks]);
}

/** @param payload 4-byte aligned; the arrays are views into it. */
export function decodePairs(payload: Uint8Array): EncodedPairs {
  const ragged = decodeRagged(payload);
  return { ...ragged, marks: payload.subarray(payload.byteLength - ragged.lengths.length) };
}

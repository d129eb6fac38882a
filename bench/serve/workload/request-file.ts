import { readFile, writeFile } from 'node:fs/promises';
import type { PairEncoder } from '../../../src/model/tokenizer/pair-encoder.ts';
import type { BenchRequest } from './request-set.ts';

/** A request and its true size: one line of a request file. */
export interface SizedRequest extends BenchRequest {
  /** Tokens of all pairs together, special tokens included. */
  readonly tokens: number;
}

/** A set of requests on the disk, where contenders and load generators in all languages read it. */
export interface RequestFile {
  /** One JSON object a line. */
  readonly path: string;
  readonly requests: readonly SizedRequest[];
}

/** Counts the tokens of a set once, with the tokenizer itself, and writes it down. */
export async function writeRequestFile(
  path: string,
  requests: readonly BenchRequest[],
  { encoder, maxLength }: { readonly encoder: PairEncoder; readonly maxLength: number },
): Promise<RequestFile> {
  const sized: SizedRequest[] = [];
  for (const request of requests) {
    const { ids } = await encoder.encode(request.query, request.documents, maxLength);
    sized.push({ ...request, tokens: ids.length });
  }
  await writeFile(path, sized.map((request) => `${JSON.stringify(request)}\n`).join(''));
  return { path, requests: sized };
}

/** Reads what `writeRequestFile` wrote. */
export async function readRequestFile(path: string): Promise<SizedRequest[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as SizedRequest);
}

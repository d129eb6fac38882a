import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { CommandError } from '../command-error.ts';
import type { Answer, ServerAddress } from './address.ts';

/** The server could not be asked, or its answer broke off. */
export class ConnectionFailure extends CommandError {
  override readonly name = 'ConnectionFailure';
  /** Whether the same again might work: nobody will listen where nobody listened. */
  readonly worthRetrying: boolean;

  constructor(message: string, options: { detail?: string; worthRetrying: boolean; cause?: unknown }) {
    super(message, options.detail, options.cause);
    this.worthRetrying = options.worthRetrying;
  }
}

/** The server has answered with an error. */
export class Refusal extends CommandError {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer, message: string, detail: string | undefined) {
    super(message, detail);
    this.answer = answer;
  }
}

const errorBody = z.object({ message: z.string(), detail: z.string().optional().catch(undefined) });

/** Why a request never got its answer. @param error what `fetch` threw */
export function connectionFailure({ url }: ServerAddress, error: unknown): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const cause = (error as { cause?: unknown }).cause ?? error;
  const { code } = cause as { code?: unknown };
  if (code === 'ECONNREFUSED') {
    const detail = 'Is the server running? --url, or HOST and PORT, say where it is.';
    return new ConnectionFailure(`nothing listens at ${url}`, { detail, worthRetrying: false, cause: error });
  }
  const unknownHost = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new ConnectionFailure(
    unknownHost ? `no host of that name: ${url}` : `the connection to ${url} failed: ${messageOf(cause)}`,
    { worthRetrying: !unknownHost, cause: error },
  );
}

/** Puts an error of the server into words, with what to change here. */
export function refusal(address: ServerAddress, answer: Answer): Refusal {
  const { status, body, headers } = answer;
  if (status >= 300 && status < 400)
    return new Refusal(
      answer,
      `${address.url} has moved`,
      `Give the new address with --url: ${headers.get('location')}`,
    );
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) {
    const phrase = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
    return new Refusal(
      answer,
      `${address.url} answered ${phrase}, without the words of a rerankd`,
      'Is this its address, or something in front of it? --url says where it is.',
    );
  }
  const { message, detail } = parsed.data;
  const hints = [detail === message ? undefined : detail, status === 401 ? aboutKey(address) : undefined];
  return new Refusal(answer, message, hints.filter((hint) => hint !== undefined).join('\n') || undefined);
}

function aboutKey({ keyName, wantedKey = 'RERANK_ADMIN_KEY' }: ServerAddress): string {
  if (keyName === 'RERANK_ADMIN_KEY' || keyName === wantedKey)
    return `${keyName} (${flagOf(keyName)}) here is not that of the server.`;
  const sent = keyName === undefined ? 'No key was sent' : `Only ${keyName} was sent`;
  return `${sent}: set ${wantedKey} (or ${flagOf(wantedKey)}) to that of the server.`;
}

function flagOf(key: 'RERANK_ADMIN_KEY' | 'RERANK_API_KEY'): string {
  return key === 'RERANK_ADMIN_KEY' ? '--admin-key' : '--api-key';
}

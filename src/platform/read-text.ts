import { constants, open } from 'node:fs/promises';
import { messageOf, ServiceError } from '../errors.ts';

export interface ReadTextOptions {
  readonly maxBytes: number;
  /** What it is and where, for messages: "the probe set FILE". */
  readonly what: string;
}

/**
 * Reads a text file that an operator named.
 * @returns the text, without a byte order mark.
 * @throws ServiceError invalid_request that says why it can't be read.
 */
export async function readText(path: string, { maxBytes, what }: ReadTextOptions): Promise<string> {
  const refusal = (why: string, cause?: unknown): ServiceError =>
    new ServiceError('invalid_request', `${what} can't be read: ${why}`, { cause });
  try {
    // Opening a pipe that nobody writes to would wait for ever without O_NONBLOCK.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = await file.stat();
    if (!info.isFile()) throw refusal('it is not a regular file');
    if (info.size > maxBytes) throw refusal(`it has ${info.size} bytes; at most ${maxBytes} are read`);
    return decode(await file.readFile(), refusal);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw refusal(messageOf(error), error);
  }
}

function decode(bytes: Buffer, refusal: (why: string) => ServiceError): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal('it is not UTF-8 text');
  }
}

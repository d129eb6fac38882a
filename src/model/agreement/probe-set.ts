import { constants, open } from 'node:fs/promises';
import { messageOf, ServiceError } from '../../errors.ts';
import { type ProbeSet, parseProbeSet } from './parse-probe-set.ts';
import shipped from './shipped-probe-set.json' with { type: 'json' };

export type { ProbeQuery, ProbeSet } from './parse-probe-set.ts';

const MAX_BYTES = 64 * 2 ** 20;

/**
 * 54 queries with 8 to 11 short passages each, for comparing models where nobody has a set of their own. Nine languages,
 * questions and keywords, prose and code; among the passages are right answers, ones in another language, near-duplicates
 * in which a number or a negation makes the answer wrong, and passages that share only words with the query. A passage's
 * place says nothing about it.
 */
export function shippedProbeSet(): ProbeSet {
  return shipped;
}

/**
 * Reads a probe set from a file of at most 64 MiB, in one of the forms of `parseProbeSet`. Parsing holds the thread, for
 * the largest files about a second.
 * @throws ServiceError invalid_request that says what is wrong with the file and where.
 */
export async function readProbeSet(path: string): Promise<ProbeSet> {
  const bytes = await readBounded(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(path, 'it is not UTF-8 text');
  }
  return parseProbeSet(text, path);
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    // Opening a pipe that nobody writes to would wait for ever without O_NONBLOCK.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = await file.stat();
    if (!info.isFile()) throw unreadable(path, 'it is not a regular file');
    if (info.size > MAX_BYTES)
      throw unreadable(path, `it has ${info.size} bytes; at most ${MAX_BYTES} are read`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw unreadable(path, messageOf(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): ServiceError {
  return new ServiceError('invalid_request', `the probe set ${path} can't be read: ${why}`, { cause });
}

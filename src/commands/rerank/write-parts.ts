import { once } from 'node:events';
import type { TextOutput } from '../terminal.ts';

const CHUNK_CHARACTERS = 2 ** 16;

/** Writes text in chunks, no faster than somebody reads it. */
export async function writeParts(output: TextOutput, parts: Iterable<string>): Promise<void> {
  let chunk = '';
  const flush = async (): Promise<void> => {
    if (chunk !== '' && !output.write(chunk)) await once(output, 'drain');
    chunk = '';
  };
  for (const part of parts) {
    chunk += part;
    if (chunk.length >= CHUNK_CHARACTERS) await flush();
  }
  await flush();
}

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Parser, type ReadEntry } from 'tar';
import type { Harvest } from './harvest.ts';
import type { ReadingOptions } from './reading-options.ts';

const PIECE_BYTES = 2 ** 20;

/** Reads a gzipped tar: a release archive. */
export async function readTar(
  path: string,
  harvest: Harvest,
  { signal, onProgress }: ReadingOptions,
): Promise<void> {
  const { size: total } = await stat(path);
  const takings: Promise<void>[] = [];
  const failed = Promise.withResolvers<never>();
  const onReadEntry = (entry: ReadEntry): void => {
    try {
      const isFile = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
      const wanted = harvest.wants({ path: entry.path, isFile, bytes: entry.size });
      if (wanted === undefined) entry.resume();
      else takings.push(harvest.take(wanted, Readable.from(entry)).catch(failed.reject));
    } catch (error) {
      entry.resume();
      failed.reject(error);
    }
  };
  const parser = new Parser({ strict: true, onReadEntry });
  const ended = once(parser, 'end');
  // They may fail while nobody waits for them.
  ended.catch(() => {});
  failed.promise.catch(() => {});
  let done = 0;
  for await (const piece of createReadStream(path, { signal, highWaterMark: PIECE_BYTES })) {
    const bytes = piece as Buffer;
    const isFull = !parser.write(bytes);
    done += bytes.length;
    onProgress(done, total);
    if (isFull) await Promise.race([once(parser, 'drain', { signal }), ended, failed.promise]);
  }
  parser.end();
  await Promise.race([ended, failed.promise]);
  await Promise.race([Promise.all(takings), failed.promise]);
}

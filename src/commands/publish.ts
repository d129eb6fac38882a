import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { inspectModelDirectory } from '../model/model-directory.ts';
import { systemClock } from '../platform/clock.ts';
import { publish as publishFiles } from '../store/manifest/publish.ts';
import { CommandError } from './command-error.ts';
import { CommandProgress } from './command-progress.ts';
import { directoryAt } from './directory-at.ts';
import { mebibytes } from './report/quantities.ts';

export interface PublishTarget {
  /** The model directory. */
  readonly directory: string;
  /** Where it is copied to; undefined publishes it where it is. */
  readonly out: string | undefined;
}

/**
 * `rerankd publish DIR`: writes what a static web server needs so that other rerankd can fetch a model, or what changed of
 * it.
 * @returns what to print.
 * @throws CommandError, or ServiceError that says what is wrong with the directory.
 */
export async function publish(config: Config, { directory, out }: PublishTarget): Promise<string> {
  const from = await directoryAt(directory);
  if (from === undefined) throw new CommandError(`${directory} is not a directory`);
  const { files } = await inspectModelDirectory(from, config.dtype);
  const progress = new CommandProgress(process.stderr, systemClock);
  const onProgress = (done: number, total: number): void => progress.at('reading', done / total);
  const { signal } = new AbortController();
  const target = out === undefined ? from : resolve(out);
  try {
    const published = await publishFiles({ files, directory: from, out: target, signal, onProgress });
    const bytes = published.files.reduce((sum, { size }) => sum + size, 0);
    return `${published.files.length} files, ${mebibytes(bytes)}: ${published.manifest}
Serve ${target} with any web server that knows ranges; the reference is then
https://HOST/PATH/manifest.json#sha256=${published.sha256}`;
  } finally {
    progress.stop();
  }
}

import type { NamedModel } from '../../model/loadable-model.ts';
import { type Dtype, inspectModelDirectory } from '../../model/model-directory.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LocatedModel, ModelSources } from '../../store/model-sources.ts';
import type { StagingArea } from '../../store/staging.ts';
import { explainStorageError } from '../../store/storage-error.ts';
import type { Progressing } from '../operation/phase.ts';
import type { Target } from '../operation/target.ts';

export interface StageTools {
  readonly sources: ModelSources;
  readonly staging: StagingArea;
  /** The form that is wanted: it decides which files are. */
  readonly dtype: Dtype;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Copying more than this takes long enough to be mentioned. */
const LARGE_MODEL_BYTES = 256 * 2 ** 20;

/**
 * Finds the content behind a target, among the copies that are here or at its source, and takes a private copy of it.
 * @throws ServiceError model_not_found, forbidden_reference, invalid_model, source_failed or insufficient_storage.
 */
export async function stageModel(target: Target, tools: StageTools, work: Progressing): Promise<NamedModel> {
  const { sources, staging, dtype, logger } = tools;
  work.enter('resolve');
  const kept = target.digest === undefined ? undefined : await staging.find(target.digest);
  if (kept !== undefined) return { ...kept, reference: target.reference };
  const located = await sources.locate(target.reference, dtype, {
    signal: work.signal,
    advance: (done, total, unit) => work.advance(done, total, unit, 'download'),
    warn: (message) => logger.warn(message),
    onFetch: () => work.enter('fetch'),
  });
  try {
    return await copy(located, target, tools, work);
  } finally {
    await located.release();
  }
}

async function copy(
  { reference, directory, allow }: LocatedModel,
  target: Target,
  { staging, dtype, logger }: StageTools,
  work: Progressing,
): Promise<NamedModel> {
  // What can't be served is refused before gigabytes are copied.
  const found = await inspectModelDirectory(directory, dtype, allow).catch((error) => {
    work.enter('verify');
    throw explainStorageError(error, `${reference} can't be read`);
  });
  if (found.bytes > LARGE_MODEL_BYTES) {
    logger.info(`copying and hashing ${Math.round(found.bytes / 2 ** 20)} MiB of ${reference}`);
  }
  work.enter('fetch');
  const staged = await staging.stage(found.files, work.signal, (bytes) =>
    work.advance(bytes, found.bytes, 'bytes', 'copy'),
  );
  work.enter('verify');
  // Whoever wrote to the directory meanwhile may have left a mixture: what counts is the copy.
  await inspectModelDirectory(staged.directory, dtype);
  if (target.digest !== undefined && staged.digest !== target.digest) {
    logger.warn({ reference, was: target.digest, is: staged.digest }, `${reference} has changed on disk`);
  }
  return { ...staged, reference };
}

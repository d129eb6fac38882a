import { ServiceError } from '../../errors.ts';
import { delay } from '../../platform/clock.ts';
import { adviceFor } from './advice.ts';
import { type AttemptFailure, asAttemptFailure } from './attempt-failure.ts';
import { backoffMs } from './backoff.ts';
import type { BlobSource } from './blob.ts';
import { type Turn, takeTurn } from './source-turn.ts';
import { SourcesFailure } from './sources-failure.ts';

export interface Transfer extends Omit<Turn, 'source' | 'round' | 'isWhole' | 'onPiece' | 'onWritten'> {
  readonly sources: readonly BlobSource[];
  /** What the blob is called in errors and logs. */
  readonly name: string;
  readonly onPiece: (bytes: number, source: string) => void;
  readonly onWritten: (source: string) => void;
}

interface Contender {
  readonly source: BlobSource;
  isWhole: boolean;
  problem: AttemptFailure | undefined;
}

/**
 * Brings all bytes of a blob: from the first source as far as it goes, then from the next one, which goes on where that
 * one stopped. Whether they gave the same file is for the hash to say.
 * @throws ServiceError source_failed, with a SourcesFailure as its cause, when no source could finish.
 */
export async function transfer(work: Transfer): Promise<void> {
  const { partial, sources, signal, clock, retry } = work;
  if (partial.plan.size === 0) for (const part of partial.parts) await partial.finish(part);
  if (partial.isComplete) return;
  const contenders = sources.map(
    (source): Contender => ({ source, isWhole: partial.plan.count === 1, problem: undefined }),
  );
  let last: Contender | undefined;
  for (let round = 0; round < retry.rounds; round += 1) {
    for (const contender of contenders) {
      if (contender.problem?.isFinal) continue;
      if (last && last !== contender) announceFailover(work, last, contender);
      if (last === contender)
        await delay(clock, backoffMs(round * retry.attempts, retry, work.random), signal);
      last = contender;
      if (await bring(work, contender, round)) return;
    }
  }
  throw failureOf(work, contenders);
}

async function bring(work: Transfer, contender: Contender, round: number): Promise<boolean> {
  const { source } = contender;
  const turn: Turn = {
    ...work,
    source,
    round,
    isWhole: contender.isWhole,
    onPiece: (bytes) => work.onPiece(bytes, source.name),
    onWritten: () => work.onWritten(source.name),
  };
  try {
    await takeTurn(turn);
    return true;
  } catch (error) {
    work.signal.throwIfAborted();
    const failure = asAttemptFailure(error);
    if (!failure) throw error;
    contender.problem = failure;
    contender.isWhole = turn.isWhole;
    return false;
  }
}

function announceFailover({ metrics, logger, name }: Transfer, from: Contender, to: Contender): void {
  metrics.storeFailovers.inc();
  const names = { blob: name, from: from.source.name, to: to.source.name };
  logger.warn({ ...names, problem: from.problem?.message }, 'another source goes on with a file');
}

function failureOf({ name }: Transfer, contenders: readonly Contender[]): ServiceError {
  const problems = contenders.map(
    ({ source, problem }) => `${source.name}: ${problem?.message ?? 'not asked'}`,
  );
  return new ServiceError('source_failed', `${name} could not be fetched (${problems.join('; ')})`, {
    detail: adviceFor(contenders.flatMap(({ problem }) => problem ?? [])),
    cause: new SourcesFailure(
      contenders.flatMap(({ source, problem }) =>
        problem === undefined ? [] : { source: source.name, failure: problem },
      ),
    ),
  });
}

import type { AttemptFailure } from './attempt-failure.ts';

/** What went wrong last with one source. */
export interface SourceProblem {
  /** Name of the source. */
  readonly source: string;
  readonly failure: AttemptFailure;
}

/** No source could give all of a blob: the cause of the error that says so. */
export class SourcesFailure extends Error {
  override readonly name = 'SourcesFailure';
  /** Of the sources that were asked, in their order. */
  readonly problems: readonly SourceProblem[];

  constructor(problems: readonly SourceProblem[]) {
    super(problems.map(({ source, failure }) => `${source}: ${failure.message}`).join('; '));
    this.problems = problems;
  }
}

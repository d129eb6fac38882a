import { ServiceError } from '../../errors.ts';
import type { AgreementLimits } from '../../model/agreement/limits.ts';
import type { Generation } from '../../model/generation.ts';
import type { NamedModel } from '../../model/loadable-model.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import { candidateFailure } from '../preparation/candidate-failure.ts';
import { REQUIRED_ANSWERS_MS } from './agreement-check.ts';
import type { Current } from './candidate.ts';
import { type GateContext, runGates } from './gates.ts';
import { readGoldenSources } from './golden-sources.ts';
import type { LiveRing } from './live-ring.ts';
import { Probes } from './probes.ts';
import { RecordedAnswers } from './recorded-answers.ts';
import { requirePassed } from './require-passed.ts';

export interface GateKeeperOptions {
  /** RERANK_GOLDEN */
  readonly goldenFile: string | undefined;
  /** RERANK_PROBE_SET */
  readonly probeFile: string | undefined;
  readonly liveProbes: LiveRing;
  /** What holds where an update does not say otherwise. */
  readonly limits: Partial<AgreementLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Has every candidate looked at, and puts what was found into the report of its operation. */
export class GateKeeper {
  readonly #options: GateKeeperOptions;

  constructor(options: GateKeeperOptions) {
    this.#options = options;
  }

  /** Those of the settings, overridden by those of the update. */
  limits(change: Pick<Change, 'limits'>): Partial<AgreementLimits> {
    return { ...this.#options.limits, ...change.limits };
  }

  /**
   * @param current what the candidate is compared with.
   * @param brief leaves out what takes long, for when requests wait.
   * @throws ServiceError rejected_by_gate with the report, or invalid_model; the signal's reason.
   */
  async check(
    candidate: Generation,
    model: NamedModel,
    change: Change,
    operation: Operation,
    current: Current | undefined,
    brief = false,
  ): Promise<void> {
    const isRollback = change.kind === 'rollback';
    await this.#run(candidate, model, operation, {
      current: isRollback ? undefined : current,
      probes: this.#probes,
      limits: isRollback ? {} : this.limits(change),
      threshold: change.threshold,
      force: change.force,
      brief,
    });
  }

  /**
   * Looks at what a brief check left out, once requests no longer wait for it.
   * @throws ServiceError rejected_by_gate with the report, or invalid_model; the signal's reason.
   */
  async checkRest(
    candidate: Generation,
    { directory }: NamedModel,
    { force }: Change,
    operation: Operation,
  ): Promise<void> {
    const { clock } = this.#options;
    const { signal } = operation;
    const before = operation.report.checks;
    try {
      const rest = await runGates(candidate, { directory, checkGolden: false, force, clock, signal });
      const names = new Set(rest.checks.map(({ name }) => name));
      const kept = before?.checks.filter(({ name }) => !names.has(name)) ?? [];
      const report = { ...rest, ...before, passed: rest.passed && (before?.passed ?? true) };
      const whole = {
        ...report,
        forced: rest.forced || (before?.forced ?? false),
        checks: [...rest.checks, ...kept],
      };
      operation.found({ checks: whole });
      requirePassed(whole);
    } catch (error) {
      throw candidateFailure(error, signal);
    }
  }

  /**
   * Looks whether there is anything to hold a candidate against, before it is compiled and loaded for that.
   * @throws ServiceError rejected_by_gate for a golden set that can't be used.
   */
  async requireUsableGolden({ directory }: NamedModel): Promise<void> {
    for (const source of await readGoldenSources(directory, this.#options.goldenFile)) {
      if ('queries' in source) continue;
      throw new ServiceError('rejected_by_gate', source.message, {
        detail: 'The model that served before keeps serving. Correct the file, or send "force": true.',
      });
    }
  }

  /**
   * What a model must pass at a start.
   * @param hasServed it was let in before, perhaps by force: only a model that gives no scores at all is refused.
   */
  async checkAtStart(
    candidate: Generation,
    { directory }: NamedModel,
    hasServed: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, goldenFile } = this.#options;
    const context = { directory, goldenFile, force: hasServed, clock, signal };
    const report = await runGates(candidate, context).catch((error) => {
      throw candidateFailure(error, signal);
    });
    requirePassed(report);
  }

  /**
   * Asks the running model now what a candidate will be compared with when the running one has ended. That takes time in which
   * nothing serves, so that it is only done when limits wait for it.
   */
  async record(
    change: Change,
    operation: Operation,
    current: Generation | undefined,
  ): Promise<Current | undefined> {
    const hasLimits = Object.keys(this.limits(change)).length > 0;
    if (current === undefined || change.kind === 'rollback' || !hasLimits) return undefined;
    operation.enter('check');
    const { clock } = this.#options;
    const { signal, advance } = operation;
    const probes = await Probes.gather(this.#probes);
    let done = 0;
    return await RecordedAnswers.of(current, probes, {
      clock,
      signal,
      timeoutMs: REQUIRED_ANSWERS_MS,
      advance: () => advance(++done, probes.set.length, 'queries'),
    });
  }

  get #probes(): NonNullable<GateContext['probes']> {
    return { file: this.#options.probeFile, live: this.#options.liveProbes };
  }

  async #run(
    candidate: Generation,
    { directory, reference }: NamedModel,
    operation: Operation,
    context: Omit<GateContext, 'directory' | 'clock' | 'signal'>,
  ): Promise<void> {
    const { clock, goldenFile, logger } = this.#options;
    const { signal, advance } = operation;
    try {
      const report = await runGates(candidate, { ...context, directory, goldenFile, clock, signal, advance });
      operation.found({ checks: report });
      if (report.forced) {
        logger.warn(
          { checks: report.checks },
          `${reference} did not pass its checks and is let through by force`,
        );
      }
      requirePassed(report);
    } catch (error) {
      throw candidateFailure(error, signal);
    }
  }
}

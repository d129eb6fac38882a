import { ServiceError } from '../../errors.ts';
import type { AgreementLimits } from '../../model/agreement/limits.ts';
import type { GateCheck, GateName, GateReport } from '../operation/gate-report.ts';
import { type Agreement, checkAgreement, notCompared } from './agreement-check.ts';
import { type AlwaysOptions, checkAlways } from './always.ts';
import type { Candidate, Current } from './candidate.ts';
import { timed } from './finding.ts';
import { lookAt, queriesIn, readGoldenSources } from './golden-sources.ts';
import { type ProbeSources, Probes } from './probes.ts';
import { RecordedAnswers } from './recorded-answers.ts';

export interface GateContext extends AlwaysOptions {
  /** The model that serves, to compare with; undefined at a start. */
  readonly current?: Current | undefined;
  /** RERANK_GOLDEN: what every model must answer, besides the golden.json that it brings along. */
  readonly goldenFile?: string | undefined;
  readonly probes?: ProbeSources | undefined;
  readonly limits?: Partial<AgreementLimits> | undefined;
  /** Score from 0 to 1 from which a document counts as relevant. */
  readonly threshold?: number | undefined;
  /** False leaves the golden sets out. */
  readonly checkGolden?: boolean | undefined;
  /** Lets it through whatever is found, but for scores that are none. */
  readonly force?: boolean | undefined;
  /** Called after every query of the golden sets and of the comparison. */
  readonly advance?: ((done: number, total: number, unit: 'queries') => void) | undefined;
}

/** Without these there is no answer at all: nothing else is looked at, and nobody can want such a model. */
const HARD: ReadonlySet<GateName> = new Set(['shape', 'finite']);

/**
 * Looks at a model before it may serve: what is always looked at, then its golden sets, then how far it agrees with the model
 * that serves.
 * @param candidate is loaded and warm.
 * @throws what scoring throws, as a model that gives no scores has no report; the signal's reason.
 */
export async function runGates(candidate: Candidate, context: GateContext): Promise<GateReport> {
  const { force = false, limits = {}, current } = context;
  const always = await checkAlways(candidate, context);
  const isHopeless = always.some(({ name, passed }) => !passed && HARD.has(name));
  const { checks, comparison } = isHopeless ? nothing : await checkAnswers(candidate, context);
  const isBroken = isHopeless || (comparison?.nonFinite.candidate ?? 0) > 0;
  const all = [...always, ...checks];
  const passed = all.every((check) => check.passed);
  return {
    passed,
    forced: force && !passed && !isBroken,
    checks: all,
    compared_with: comparison && (current?.identity.reference ?? null),
    comparison,
    limits: isEmpty(limits) ? null : limits,
  };
}

interface Answers {
  readonly checks: readonly GateCheck[];
  readonly comparison: Agreement['comparison'];
}

const nothing: Answers = { checks: [], comparison: null };

/** Golden sets and agreement: what depends on the words of the model's answers. */
async function checkAnswers(candidate: Candidate, context: GateContext): Promise<Answers> {
  const { clock, signal, directory, goldenFile, current, limits = {}, checkGolden = true } = context;
  const sources = checkGolden ? await readGoldenSources(directory, goldenFile) : [];
  const recorded = current instanceof RecordedAnswers ? current.probes : undefined;
  const probes = current && (recorded ?? (await gather(context.probes)));
  const golden = sources.reduce((sum, source) => sum + queriesIn(source), 0);
  const advance = counter(golden + (probes instanceof Probes ? probes.set.length : 0), context);
  const checks: GateCheck[] = [];
  for (const source of sources) {
    checks.push(await timed('golden', clock, () => lookAt(source, candidate, signal, advance)));
  }
  if (current === undefined || probes === undefined) return { checks, comparison: null };
  const startedAt = clock.now();
  const { comparison, ...finding } =
    typeof probes === 'string'
      ? notCompared(probes, limits)
      : await checkAgreement(candidate, current, probes, { ...context, limits, advance });
  checks.push({ name: 'agreement', ...finding, ms: clock.now() - startedAt });
  return { checks, comparison };
}

/** @returns why not, where the operator's file can't be used. */
async function gather(sources: ProbeSources = {}): Promise<Probes | string> {
  try {
    return await Probes.gather(sources);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.message;
  }
}

/** One count over everything that is asked. */
function counter(total: number, { advance }: GateContext): () => void {
  let done = 0;
  return () => advance?.(++done, total, 'queries');
}

function isEmpty(limits: Partial<AgreementLimits>): boolean {
  return Object.keys(limits).length === 0;
}

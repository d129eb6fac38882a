import type { Logger } from '../../platform/logger.ts';
import type { ServableGraph } from '../servable-graph.ts';
import { batchTokensToTry } from './batch-tokens.ts';
import type { EnginePlan } from './engine-plan.ts';
import { defaultPlan, type PlanSettings, type ServingPlan } from './serving-plan.ts';

/** A plan and what it gave. */
interface MeasuredPlan extends ServingPlan {
  readonly tokensPerSecond: number;
}

/** What came out of a calibration: all that was tried, the best first. */
export type PlanReport = readonly [MeasuredPlan, ...MeasuredPlan[]];

/** Tries one way of spreading engines, with each of some batch sizes. @returns tokens a second for each of them */
export type Trial = (engines: EnginePlan, batchTokens: readonly number[]) => Promise<number[]>;

/** A plan has to be this much better than what was tried before it: machines are noisy, and the usual best is tried first. */
const CLEARLY_BETTER = 1.1;

/** Fewer engines of more threads are not tried further once they are this much worse. */
const CLEARLY_WORSE = 0.85;

/** Whether anything is left open that a measurement could decide. */
export function isOpen({ device, engines, threads, budget }: PlanSettings): boolean {
  return device === 'cpu' && budget.cpus > 1 && (engines === 'auto' || threads === 'auto');
}

/**
 * Measures ways to spread a model over processes and threads: as many engines as there may be, half of them with twice the
 * threads, and so on.
 */
export async function calibrate(
  graph: ServableGraph,
  settings: PlanSettings,
  trial: Trial,
): Promise<PlanReport> {
  const { maxBatchTokens, budget } = settings;
  const batchTokens = maxBatchTokens === 'auto' ? batchTokensToTry(graph.dtype) : [maxBatchTokens];
  const tried: MeasuredPlan[] = [];
  let best: MeasuredPlan | undefined;
  for (const engines of enginesToTry(defaultPlan(settings, graph), settings, budget.cpus)) {
    const rates = await trial(engines, batchTokens);
    const plans = rates.map((tokensPerSecond, index) => ({
      ...engines,
      batchTokens: batchTokens[index] as number,
      tokensPerSecond,
    }));
    tried.push(...plans);
    const before = best?.tokensPerSecond ?? 0;
    for (const plan of plans) {
      if (plan.tokensPerSecond > (best?.tokensPerSecond ?? 0) * CLEARLY_BETTER) best = plan;
    }
    if (Math.max(...rates) < before * CLEARLY_WORSE) break;
  }
  if (best === undefined) throw new RangeError('no plan gave any throughput');
  return [best, ...tried.filter((plan) => plan !== best)];
}

/** From the most engines that memory and processors allow down to one. */
function enginesToTry(most: EnginePlan, { engines, threads }: PlanSettings, cpus: number): EnginePlan[] {
  if (engines !== 'auto' || threads !== 'auto') return [most];
  const found: EnginePlan[] = [];
  for (let count = most.engines; count >= 1; count = Math.floor(count / 2)) {
    found.push({ engines: count, threads: Math.max(1, Math.floor(cpus / count)) });
  }
  return found;
}

/** Says what was chosen, and why. */
export function explainPlan(logger: Logger, reference: string, [best, ...others]: PlanReport): void {
  const rest = others.map((plan) => `${describe(plan)} ${Math.round(plan.tokensPerSecond)}`).join(', ');
  logger.info(
    best,
    `${reference}: ${describe(best)} is fastest here, ${Math.round(best.tokensPerSecond)} tokens a second${rest === '' ? '' : ` (${rest})`}`,
  );
}

function describe({ engines, threads, batchTokens }: ServingPlan): string {
  const batch = batchTokens === 1 ? 'one pair a batch' : `${batchTokens} tokens a batch`;
  return `${engines} × ${threads} thread${threads === 1 ? '' : 's'}, ${batch}`;
}

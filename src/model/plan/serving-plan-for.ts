import { join } from 'node:path';
import { z } from 'zod';
import type { Runtime } from '../../engine/choose-device.ts';
import { COMPILER_VERSION } from '../../graph/compile/version.ts';
import type { PlanKey, PlanStore } from '../../store/plan-store.ts';
import type { GenerationSettings } from '../generation-settings.ts';
import type { NamedModel } from '../loadable-model.ts';
import { readTokenLimit } from '../model-traits.ts';
import type { ServableGraph } from '../servable-graph.ts';
import { TokenizerProcess } from '../tokenizer/tokenizer-process.ts';
import { calibrate, explainPlan, isOpen, type PlanReport } from './choose-plan.ts';
import { sampleRows } from './sample-rows.ts';
import { defaultPlan, type ServingPlan } from './serving-plan.ts';
import { tryPlan } from './try-plan.ts';

const measured = z.object({
  engines: z.int().positive(),
  threads: z.int().positive(),
  batchTokens: z.int().positive(),
  tokensPerSecond: z.number().positive(),
});
const reportSchema = z.tuple([measured], measured);

export interface PlanTools {
  readonly store: PlanStore;
  readonly runtime: Runtime;
  /** Instruction set of the processor. */
  readonly isa: string;
  /** There is no room to try plans beside the model that serves. */
  readonly isTight: boolean;
}

/** Tokens of a text that has enough different ones. */
const SAMPLE = { query: 'a', documents: ['the plan of engines and threads'], maxLength: 16 };

/**
 * The plan that a model is served by: the operator's, or the one that was fastest when it was measured here, now or before.
 * @throws what a load throws, when the model can't be run.
 */
export async function servingPlanFor(
  model: NamedModel,
  graph: ServableGraph,
  settings: GenerationSettings,
  tools: PlanTools,
  signal: AbortSignal,
): Promise<ServingPlan> {
  if (!isOpen(settings)) return defaultPlan(settings, graph);
  const key = keyOf(model, graph, settings, tools);
  const known = await tools.store.find(key, (json) => reportSchema.parse(json));
  if (known !== undefined) return known[0];
  if (tools.isTight) return defaultPlan(settings, graph);
  settings.logger.info(`${model.reference}: measuring how many engines and threads are fastest here`);
  const report = await measure({ ...model, graph }, settings, signal);
  explainPlan(settings.logger, model.reference, report);
  await tools.store.keep(key, report);
  return report[0];
}

async function measure(
  model: NamedModel & { readonly graph: ServableGraph },
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<PlanReport> {
  const tokenizer = await TokenizerProcess.start(
    {
      ...settings,
      name: 'calibration.tokenizer',
      env: settings.childEnv,
      tokenizerFile: join(model.directory, 'tokenizer.json'),
    },
    signal,
  );
  const { ids } = await tokenizer.encode(SAMPLE).finally(() => tokenizer.kill('everything is encoded'));
  const maxLength = await readTokenLimit(model.directory);
  const rows = (rounds: number) => sampleRows(ids, rounds, maxLength);
  return await calibrate(model.graph, settings, (engines, batchTokens) =>
    tryPlan(model.graph, engines, batchTokens, rows, settings, signal),
  );
}

function keyOf(
  { digest }: NamedModel,
  { dtype, optimization }: ServableGraph,
  { engines, threads, maxBatchTokens, budget }: GenerationSettings,
  { runtime, isa }: PlanTools,
): PlanKey {
  const version = `${COMPILER_VERSION}.ort${runtime.version}`;
  const gigabytes = Math.round(budget.memoryBytes / 2 ** 30);
  const machine = [isa, `${budget.cpus}cpus`, `${gigabytes}GiB`];
  const asked = [`e${engines}`, `t${threads}`, `b${maxBatchTokens}`];
  const form = [dtype.replace(' ', '_'), optimization, runtime.device, version];
  return { modelDigest: digest, circumstances: [...form, ...machine, ...asked] };
}

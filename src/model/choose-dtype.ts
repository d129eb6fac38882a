import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { compareScorers } from './agreement/compare.ts';
import { breaches, int8Limits } from './agreement/limits.ts';
import { shippedProbeSet } from './agreement/probe-set.ts';
import { wallClockScorer } from './agreement/scorers.ts';
import { Generation, type GenerationSettings } from './generation.ts';
import type { NamedModel, ServableGraph } from './loadable-model.ts';
import { defaultPlan } from './plan/serving-plan.ts';

/** Beside the compiled graph that it speaks of. */
const VERDICT_FILE = 'agreement.json';

const verdictSchema = z.looseObject({ breaches: z.array(z.string()) });

/** Generations that never serve have no number. */
const NO_GENERATION = 0;

/**
 * Decides between int8 and fp32 on a CPU: int8 is several times faster, and taken when it ranks as fp32 does. The verdict is kept
 * beside the int8 graph.
 * @param graphIn finds or compiles the model in a dtype
 * @param isTight there is no room to load both beside the model that serves: without a verdict from before, fp32 it is.
 */
export async function chooseDtype(
  model: NamedModel,
  graphIn: (dtype: 'int8' | 'fp32') => Promise<ServableGraph>,
  settings: GenerationSettings,
  { isTight, signal }: { readonly isTight: boolean; readonly signal: AbortSignal },
): Promise<'int8' | 'fp32'> {
  const int8 = await graphIn('int8');
  const path = join(dirname(int8.modelFile), VERDICT_FILE);
  const known = await readVerdict(path);
  if (known === undefined && isTight) {
    settings.logger.warn(
      `${model.reference}: there is no room to compare int8 with fp32, serving fp32. "rerankd compile" compares ahead of time.`,
    );
    return 'fp32';
  }
  const verdict = known ?? (await compare(model, int8, await graphIn('fp32'), path, settings, signal));
  if (verdict.length === 0) return 'int8';
  settings.logger.warn(
    `${model.reference}: int8 does not rank as fp32 does (${verdict.join('; ')}), serving fp32. RERANK_DTYPE=int8 takes it all the same.`,
  );
  return 'fp32';
}

/** @returns what speaks against int8; undefined when nobody has looked yet. */
async function readVerdict(path: string): Promise<readonly string[] | undefined> {
  try {
    return verdictSchema.parse(JSON.parse(await readFile(path, 'utf8'))).breaches;
  } catch {
    return undefined;
  }
}

async function compare(
  model: NamedModel,
  int8: ServableGraph,
  fp32: ServableGraph,
  path: string,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { clock, logger } = settings;
  logger.info(`${model.reference}: comparing int8 with fp32`);
  const load = async (graph: ServableGraph): Promise<Generation> => {
    const generation = await Generation.load(
      { ...model, graph, plan: defaultPlan(settings, graph), generation: NO_GENERATION },
      settings,
      signal,
    );
    await generation.warm();
    return generation;
  };
  const reference = await load(fp32);
  try {
    const candidate = await load(int8);
    try {
      const [before, after] = [wallClockScorer(reference, clock), wallClockScorer(candidate, clock)];
      const found = await compareScorers(before, after, shippedProbeSet(), { signal });
      const against = breaches(found, int8Limits);
      await writeFileAtomic(path, JSON.stringify({ breaches: against, comparison: found }));
      // With the verdict kept, nobody asks for the fp32 graph again, and it may take gigabytes.
      if (against.length === 0) await rm(dirname(fp32.modelFile), { recursive: true, force: true });
      logger.info(
        { kendallTau: found.kendallTau, top1Overlap: found.top1Overlap, latencyRatio: found.latencyRatio },
        `${model.reference}: compared int8 with fp32`,
      );
      return against;
    } finally {
      await candidate.close();
    }
  } finally {
    await reference.close();
  }
}

import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { classifyFault } from '../engine/engine-fault.ts';
import { messageOf } from '../errors.ts';
import { compareScorers } from './agreement/compare.ts';
import { type AgreementLimits, breaches, fp16Limits, int8Limits } from './agreement/limits.ts';
import { shippedProbeSet } from './agreement/probe-set.ts';
import { wallClockScorer } from './agreement/scorers.ts';
import { Generation } from './generation.ts';
import type { GenerationSettings } from './generation-settings.ts';
import type { NamedModel } from './loadable-model.ts';
import { defaultPlan } from './plan/serving-plan.ts';
import type { ServableGraph } from './servable-graph.ts';

/** Beside the compiled graph that it speaks of. */
const VERDICT_FILE = 'agreement.json';

const verdictSchema = z.looseObject({ breaches: z.array(z.string()) });

/** Generations that never serve have no number. */
const NO_GENERATION = 0;

/** A form that is faster than single precision, and what it may cost. */
const FAST = {
  int8: {
    limits: int8Limits,
    /** It is judged first: random and badly trained models lose their order. */
    whenTight: 'fp32',
  },
  fp16: {
    limits: fp16Limits,
    /** Single precision takes twice the memory of a GPU, and that is what there is too little of. */
    whenTight: 'fp16',
  },
} as const;

export type FastDtype = keyof typeof FAST;

export interface DtypeChoice {
  /** The form to take if it ranks as single precision does. */
  readonly fast: FastDtype;
  /** There is no room to load both beside the model that serves. */
  readonly isTight: boolean;
  readonly signal: AbortSignal;
}

/**
 * Decides between single precision and a form that is several times faster: int8 on a CPU, fp16 on a GPU. It is taken when it
 * ranks as single precision does. The verdict is kept beside its graph.
 * @param graphIn finds or compiles the model in a dtype
 */
export async function chooseDtype(
  model: NamedModel,
  graphIn: (dtype: FastDtype | 'fp32') => Promise<ServableGraph>,
  settings: GenerationSettings,
  { fast, isTight, signal }: DtypeChoice,
): Promise<FastDtype | 'fp32'> {
  const { limits, whenTight } = FAST[fast];
  const graph = await graphIn(fast);
  const path = join(dirname(graph.modelFile), VERDICT_FILE);
  const known = await readVerdict(path);
  if (known === undefined && isTight) {
    settings.logger.warn(
      `${model.reference}: there is no room to compare ${fast} with fp32, serving ${whenTight}. "rerankd compile" compares ahead of time.`,
    );
    return whenTight;
  }
  const candidate = { graph, fast, limits, path };
  const verdict = known ?? (await compareWithin(model, candidate, await graphIn('fp32'), settings, signal));
  if (verdict === undefined) return whenTight;
  if (verdict.length === 0) return fast;
  settings.logger.warn(
    `${model.reference}: ${fast} does not rank as fp32 does (${verdict.join('; ')}), serving fp32. RERANK_DTYPE=${fast} takes it all the same.`,
  );
  return 'fp32';
}

/** A fast form that was not judged yet. */
interface Candidate {
  readonly graph: ServableGraph;
  readonly fast: FastDtype;
  readonly limits: Partial<AgreementLimits>;
  /** Where to keep the verdict. */
  readonly path: string;
}

/** @returns what speaks against the fast form; undefined when nobody has looked yet. */
async function readVerdict(path: string): Promise<readonly string[] | undefined> {
  try {
    return verdictSchema.parse(JSON.parse(await readFile(path, 'utf8'))).breaches;
  } catch {
    return undefined;
  }
}

/** @returns undefined where there was too little memory for it. */
async function compareWithin(
  model: NamedModel,
  candidate: Candidate,
  fp32: ServableGraph,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    return await compare(model, candidate, fp32, settings, signal);
  } catch (error) {
    if (signal.aborted || classifyFault(messageOf(error)) !== 'out-of-memory') throw error;
    const reason = messageOf(error);
    settings.logger.warn(
      { reason },
      `${model.reference}: too little memory to compare ${candidate.fast} with fp32`,
    );
    return undefined;
  }
}

async function compare(
  model: NamedModel,
  { graph: fastGraph, fast, limits, path }: Candidate,
  fp32: ServableGraph,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { clock, logger } = settings;
  logger.info(`${model.reference}: comparing ${fast} with fp32`);
  const load = (graph: ServableGraph): Promise<Generation> => loadWarm(model, graph, settings, signal);
  const reference = await load(fp32);
  try {
    const candidate = await load(fastGraph);
    try {
      const [before, after] = [wallClockScorer(reference, clock), wallClockScorer(candidate, clock)];
      const found = await compareScorers(before, after, shippedProbeSet(), { signal });
      const against = breaches(found, limits);
      await writeFileAtomic(path, JSON.stringify({ breaches: against, comparison: found }));
      // With the verdict kept, nobody asks for the fp32 graph again, and it may take gigabytes.
      if (against.length === 0) await rm(dirname(fp32.modelFile), { recursive: true, force: true });
      logger.info(
        { kendallTau: found.kendallTau, top1Overlap: found.top1Overlap, latencyRatio: found.latencyRatio },
        `${model.reference}: compared ${fast} with fp32`,
      );
      return against;
    } finally {
      await candidate.release();
    }
  } finally {
    // What serves is loaded next, and may need the memory of both.
    await reference.release();
  }
}

/** @throws what a load or a warm-up throws, such as too little memory for it; nothing is left running then. */
async function loadWarm(
  model: NamedModel,
  graph: ServableGraph,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<Generation> {
  const generation = await Generation.load(
    { ...model, graph, plan: defaultPlan(settings, graph), generation: NO_GENERATION },
    settings,
    signal,
  );
  try {
    await generation.warm(signal);
    return generation;
  } catch (error) {
    // A card that is short already must not keep what nobody will use.
    await generation.release();
    throw error;
  }
}

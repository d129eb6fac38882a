import { Scheduler } from '../batching/scheduler.ts';
import { classifyFault } from '../engine/engine-fault.ts';
import { EnginePool } from '../engine/engine-pool.ts';
import type { Device } from '../engine/protocol.ts';
import { checkSignature } from '../engine/signature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { childOptions } from './child-options.ts';
import type { GenerationSettings } from './generation-settings.ts';
import { GpuFootprint, JUST_NOW_MS } from './gpu-footprint.ts';
import { ANSWER_MS } from './gpu-release.ts';
import type { LoadableModel } from './loadable-model.ts';
import type { ModelSize } from './memory-need.ts';
import { modelSize } from './model-size.ts';
import { readTokenLimit } from './model-traits.ts';
import { batchBounds } from './plan/batch-tokens.ts';
import type { Prestart } from './prestart.ts';
import type { ServableGraph } from './servable-graph.ts';
import { startTokenizer } from './start-tokenizer.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** Which model answered. */
export interface ModelIdentity {
  /** Counts the models that this process has loaded. */
  readonly generation: number;
  readonly reference: string;
  readonly digest: string;
  readonly device: Device;
  readonly dtype: ServableGraph['dtype'];
}

/** What runs for a model, and what is known of it. */
export interface GenerationParts {
  readonly identity: ModelIdentity;
  /** Tokens a pair, special tokens included. */
  readonly maxLength: number;
  readonly tokenizer: Tokenizer;
  readonly engines: EnginePool;
  readonly scheduler: Scheduler;
  readonly batchTokens: number;
  readonly clock: Clock;
  readonly size: ModelSize;
  readonly gpu: GpuFootprint | undefined;
  readonly directory: string;
  readonly restarts: () => number;
}

/** A model with a number among all that this process has loaded. */
export interface NumberedModel extends LoadableModel {
  readonly generation: number;
  /** Starts everything at once: nothing else needs the processors. */
  readonly together?: boolean;
}

/** `auto` never goes beyond this many tokens a pair: rerankers are trained on passages, and time grows with length. */
const AUTO_MAX_LENGTH = 1024;

/**
 * Starts the processes of a model: its tokenizer and its engines.
 * @param prestart what was made ready before; what is not taken of it stays its owner's.
 * @throws ServiceError invalid_model when it can't be served. Nothing of it is left running then.
 */
export async function startGeneration(
  model: NumberedModel,
  settings: GenerationSettings,
  signal: AbortSignal,
  prestart?: Prestart,
): Promise<GenerationParts> {
  const { device, clock, logger, metrics } = settings;
  const { graph, plan } = model;
  const maxLength = effectiveLength(settings.maxLength, await readTokenLimit(model.directory), logger);
  const size = await modelSize(model);
  // Requests wait for what was made ready before: they need not wait for a slow driver as well.
  const card = await settings.gpu?.read([], JUST_NOW_MS, prestart && ANSWER_MS);
  const cardBefore = card && { ...card, usedBytes: card.usedBytes - (prestart?.gpuBytes ?? 0) };
  const tokenizerStart = Promise.resolve(
    prestart?.takeTokenizer() ?? startTokenizer(model, settings, signal),
  );
  // It may fail while the engines still start; it is awaited after them.
  tokenizerStart.catch(() => {});
  let restarts = 0;
  const options = childOptions(settings);
  const countRestart = (reason: string): void => {
    // A model on probation answers for its engines, not for the card.
    if (classifyFault(reason) !== 'device-lost') restarts++;
    options.onRestart(reason);
  };
  try {
    // Where nothing else needs the processors, both start at once.
    const together = model.together ?? false;
    if (!together) await tokenizerStart;
    const engines = await EnginePool.start(
      {
        ...options,
        onRestart: countRestart,
        spares: prestart?.spares,
        name: `model-${model.generation}.engine`,
        modelFile: graph.modelFile,
        optimization: graph.optimization,
        onlyDevice: graph.onlyDevice ?? false,
        device,
        maxLength,
        threads: plan.threads,
        size: plan.engines,
        together,
        runTimeoutMs: settings.engineTimeoutMs,
      },
      checkSignature,
      signal,
    );
    const tokenizer = await tokenizerStart.catch(async (error) => {
      await engines.close();
      throw error;
    });
    logger.info(
      { ...plan, device, dtype: graph.dtype, maxLength, generation: model.generation },
      `${model.reference} is loaded`,
    );
    const scheduler = new Scheduler({
      engines,
      maxBatchTokens: plan.batchTokens,
      ...batchBounds(device),
      clock,
      metrics,
      logger,
    });
    const { generation, reference, digest } = model;
    return {
      identity: { generation, reference, digest, device, dtype: graph.dtype },
      maxLength,
      tokenizer,
      engines,
      scheduler,
      batchTokens: plan.batchTokens,
      clock,
      size,
      gpu: settings.gpu && new GpuFootprint(settings.gpu, cardBefore, () => engines.pids),
      directory: model.directory,
      restarts: () => restarts + tokenizer.restarts,
    };
  } catch (error) {
    const [tokenizer] = await Promise.allSettled([tokenizerStart]);
    if (tokenizer.status === 'fulfilled') await tokenizer.value.close();
    throw error;
  }
}

function effectiveLength(wanted: number | 'auto', limit: number, logger: Logger): number {
  if (wanted === 'auto') return Math.min(limit, AUTO_MAX_LENGTH);
  if (wanted > limit)
    logger.warn(`RERANK_MAX_LENGTH is ${wanted}, but this model takes ${limit} tokens: using ${limit}`);
  return Math.min(limit, wanted);
}

import { join } from 'node:path';
import { Flow } from '../batching/flow.ts';
import { Scheduler } from '../batching/scheduler.ts';
import { classifyFault } from '../engine/engine-fault.ts';
import { EnginePool } from '../engine/engine-pool.ts';
import type { Device } from '../engine/protocol.ts';
import { checkSignature } from '../engine/signature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { MachineBudget } from '../platform/machine-budget.ts';
import type { GpuWatch } from '../platform/memory/gpu-watch.ts';
import type { Metrics } from '../platform/metrics.ts';
import { haveSameContent } from '../platform/same-content.ts';
import { GpuFootprint, JUST_NOW_MS } from './gpu-footprint.ts';
import type { GpuSize } from './gpu-need.ts';
import type { StillHeld } from './gpu-release.ts';
import type { LoadableModel, ServableGraph } from './loadable-model.ts';
import type { ModelSize } from './memory-need.ts';
import type { Dtype } from './model-directory.ts';
import { modelSize } from './model-size.ts';
import { readTokenLimit } from './model-traits.ts';
import { childOptions, type Nest, startTokenizer, TOKENIZER_FILE } from './nest.ts';
import { type ScoredRequest, scorePairs } from './score-pairs.ts';
import type { ScoreLimits } from './text-limits.ts';
import type { InspectRequest, TokenizerInspection } from './tokenizer/protocol.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** What all generations of one server share. */
export interface GenerationSettings {
  readonly device: Device;
  readonly dtype: Dtype;
  readonly engines: number | 'auto';
  readonly threads: number | 'auto';
  readonly maxLength: number | 'auto';
  readonly maxBatchTokens: number | 'auto';
  readonly loadTimeoutMs: number;
  readonly engineTimeoutMs: number;
  /** The whole environment of the child processes. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** Where models run on a GPU: its memory. */
  readonly gpu?: GpuWatch | undefined;
  readonly budget: MachineBudget;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Which model answered. */
export interface ModelIdentity {
  /** Counts the models that this process has loaded. */
  readonly generation: number;
  readonly reference: string;
  readonly digest: string;
  readonly device: Device;
  readonly dtype: ServableGraph['dtype'];
}

/** `auto` never goes beyond this many tokens a pair: rerankers are trained on passages, and time grows with length. */
const AUTO_MAX_LENGTH = 1024;

/** Short, middling and long: the shapes that a first request may have. */
const WARM_UP_TOKENS = [8, 64, 256];
const BRIEF_WARM_UP_TOKENS = [8];

interface GenerationParts {
  readonly tokenizer: Tokenizer;
  readonly engines: EnginePool;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly size: ModelSize & GpuSize;
  readonly gpu: GpuFootprint | undefined;
  readonly directory: string;
  readonly restarts: () => number;
}

/** One loaded model: its tokenizer, its engines and the queue in front of them. Never changes, only ends. */
export class Generation {
  readonly identity: ModelIdentity;
  /** Tokens a pair, special tokens included. */
  readonly maxLength: number;
  readonly #tokenizer: Tokenizer;
  readonly #engines: EnginePool;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  /** What decides about the memory that it takes. */
  readonly size: ModelSize & GpuSize;
  /** What its engines hold on a GPU; undefined on a CPU. */
  readonly gpu: GpuFootprint | undefined;
  readonly #restarts: () => number;
  readonly #directory: string;
  #closing: Promise<unknown> | undefined;

  private constructor(identity: ModelIdentity, maxLength: number, parts: GenerationParts) {
    this.identity = identity;
    this.maxLength = maxLength;
    this.#tokenizer = parts.tokenizer;
    this.#engines = parts.engines;
    this.#scheduler = parts.scheduler;
    this.#clock = parts.clock;
    this.size = parts.size;
    this.#restarts = parts.restarts;
    this.#directory = parts.directory;
    this.gpu = parts.gpu;
  }

  /**
   * Loads a staged model beside whatever else runs.
   * @param nest what was made ready before; it is used up or closed.
   * @throws ServiceError invalid_model when it can't be served. Nothing is left running then.
   */
  static async load(
    model: LoadableModel & { readonly generation: number; readonly together?: boolean },
    settings: GenerationSettings,
    signal: AbortSignal,
    nest?: Nest,
  ): Promise<Generation> {
    const { device, clock, logger, metrics } = settings;
    const { graph, plan } = model;
    const maxLength = effectiveLength(settings.maxLength, await readTokenLimit(model.directory), logger);
    const size = await modelSize(model);
    const cardBefore = await settings.gpu?.read([], JUST_NOW_MS);
    const tokenizerStart = Promise.resolve(nest?.tokenizer ?? startTokenizer(model, settings, signal));
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
          spares: nest?.spares,
          name: `model-${model.generation}.engine`,
          modelFile: graph.modelFile,
          optimization: graph.optimization,
          onlyDevice: graph.onlyDevice ?? false,
          device,
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
      const scheduler = new Scheduler({ engines, maxBatchTokens: plan.batchTokens, clock, metrics, logger });
      const { generation, reference, digest } = model;
      return new Generation({ generation, reference, digest, device, dtype: graph.dtype }, maxLength, {
        tokenizer,
        engines,
        scheduler,
        clock,
        size,
        gpu: settings.gpu && new GpuFootprint(settings.gpu, cardBefore, () => engines.pids),
        directory: model.directory,
        restarts: () => restarts,
      });
    } catch (error) {
      const [tokenizer] = await Promise.allSettled([tokenizerStart]);
      if (tokenizer.status === 'fulfilled') await tokenizer.value.close();
      await nest?.spares.close();
      throw error;
    }
  }

  /** When an engine last gave an answer, on the injected clock. */
  get lastAnswerAt(): number {
    return this.#scheduler.lastAnswerAt;
  }

  /** Pairs that wait for an engine. */
  get queuedPairs(): number {
    return this.#scheduler.queuedPairs;
  }

  get readyEngines(): number {
    return this.#engines.readyEngines;
  }

  /** Why no engine comes up; undefined while one works, or may well work in a moment. */
  get outage(): string | undefined {
    return this.#engines.outage;
  }

  /** Tokens of one batch at this moment. */
  get batchTokens(): number {
    return this.#scheduler.batchTokens;
  }

  /** Engine processes that ended unasked so far, other than by a fault of their device. */
  get engineRestarts(): number {
    return this.#restarts();
  }

  /** Process ids of the engines, for operators and tests that look at them. */
  get enginePids(): number[] {
    return this.#engines.pids;
  }

  /** Process ids of the engines and of the tokenizer. */
  get pids(): number[] {
    return [...this.#engines.pids, ...this.#tokenizer.pids];
  }

  /** True once its processes have been ended. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Runs every engine once on each of a few shapes, so that no request pays for a first run.
   * @param brief leaves the larger shapes out, for when requests wait.
   */
  async warm(brief = false): Promise<void> {
    for (const tokens of brief ? BRIEF_WARM_UP_TOKENS : WARM_UP_TOKENS) {
      const pair = await this.#tokenizer.encode({
        query: 'a',
        documents: ['a '.repeat(tokens)],
        maxLength: Math.min(tokens + 8, this.maxLength),
      });
      await this.#engines.runOnEach(pair);
    }
  }

  /** Tokens that all engines together compute in a millisecond when they are busy; undefined before the first batch. */
  get tokensPerMs(): number | undefined {
    return this.#scheduler.tokensPerMs;
  }

  /**
   * One logit for every document.
   * @param flow the request, as it competes with others for the engines.
   * @throws the signal's reason; ServiceError input_too_long, payload_too_large or internal.
   */
  score(
    query: string,
    documents: readonly string[],
    limits: ScoreLimits,
    signal: AbortSignal,
    flow = new Flow(),
  ): Promise<ScoredRequest> {
    const on = { tokenizer: this.#tokenizer, scheduler: this.#scheduler, clock: this.#clock };
    return scorePairs(on, query, documents, limits, flow, signal);
  }

  /** Its tokenizer, to be closed once more, if that of the model in another directory is the same. */
  async shareTokenizer(directory: string): Promise<Tokenizer | undefined> {
    const [own, other] = [this.#directory, directory].map((path) => join(path, TOKENIZER_FILE));
    const isSame = await haveSameContent(own as string, other as string);
    return isSame && !this.isClosed ? this.#tokenizer.share() : undefined;
  }

  /** What can be told of the tokenizer alone. @throws CallFailed when the library refuses a text. */
  inspectTokenizer(request: InspectRequest): Promise<TokenizerInspection> {
    return this.#tokenizer.inspect(request);
  }

  /**
   * Ends it like close(), and waits some seconds for its GPU memory to be free again.
   * @returns what is still held then. Asking again looks once more.
   */
  async release(): Promise<StillHeld | undefined> {
    const memory = await this.gpu?.release();
    await this.close();
    return await memory?.confirm();
  }

  /** Ends the processes and resolves when their host memory is back. Nobody may be scoring any more. */
  async close(): Promise<void> {
    this.#closing ??= Promise.all([this.#tokenizer.close(), this.#engines.close()]);
    await this.#closing;
  }
}

function effectiveLength(wanted: number | 'auto', limit: number, logger: Logger): number {
  if (wanted === 'auto') return Math.min(limit, AUTO_MAX_LENGTH);
  if (wanted > limit)
    logger.warn(`RERANK_MAX_LENGTH is ${wanted}, but this model takes ${limit} tokens: using ${limit}`);
  return Math.min(limit, wanted);
}

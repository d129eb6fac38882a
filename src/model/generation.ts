import { join } from 'node:path';
import { Flow } from '../batching/flow.ts';
import type { Scheduler } from '../batching/scheduler.ts';
import type { EnginePool } from '../engine/engine-pool.ts';
import type { Clock } from '../platform/clock.ts';
import { haveSameContent } from '../platform/same-content.ts';
import type { GenerationSettings } from './generation-settings.ts';
import type { GpuFootprint } from './gpu-footprint.ts';
import type { StillHeld } from './gpu-release.ts';
import type { ModelSize } from './memory-need.ts';
import { batchBounds } from './plan/batch-tokens.ts';
import type { Prestart } from './prestart.ts';
import { type ScoredRequest, scorePairs } from './score-pairs.ts';
import {
  type GenerationParts,
  type ModelIdentity,
  type NumberedModel,
  startGeneration,
} from './start-generation.ts';
import { TOKENIZER_FILE } from './start-tokenizer.ts';
import type { ScoreLimits } from './text-limits.ts';
import type { InspectRequest, TokenizerInspection } from './tokenizer/protocol.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { warmCpu, warmGpu } from './warm-up/warm-generation.ts';
import type { WarmUpProgress } from './warm-up/warm-up.ts';

/** One loaded model: its tokenizer, its engines and the queue in front of them. Never changes, only ends. */
export class Generation {
  readonly identity: ModelIdentity;
  /** Tokens a pair, special tokens included. */
  readonly maxLength: number;
  readonly #tokenizer: Tokenizer;
  readonly #engines: EnginePool;
  readonly #scheduler: Scheduler;
  readonly #batchTokens: number;
  readonly #clock: Clock;
  /** What decides about the memory that it takes. */
  readonly size: ModelSize;
  /** What its engines hold on a GPU; undefined on a CPU. */
  readonly gpu: GpuFootprint | undefined;
  readonly #restarts: () => number;
  readonly #directory: string;
  #closing: Promise<unknown> | undefined;

  private constructor(parts: GenerationParts) {
    this.identity = parts.identity;
    this.maxLength = parts.maxLength;
    this.#tokenizer = parts.tokenizer;
    this.#engines = parts.engines;
    this.#scheduler = parts.scheduler;
    this.#batchTokens = parts.batchTokens;
    this.#clock = parts.clock;
    this.size = parts.size;
    this.#restarts = parts.restarts;
    this.#directory = parts.directory;
    this.gpu = parts.gpu;
  }

  /**
   * Loads a staged model beside whatever else runs.
   * @param prestart what was made ready before; what is not taken of it stays its owner's.
   * @throws ServiceError invalid_model when it can't be served. Nothing is left running then.
   */
  static async load(
    model: NumberedModel,
    settings: GenerationSettings,
    signal: AbortSignal,
    prestart?: Prestart,
  ): Promise<Generation> {
    return new Generation(await startGeneration(model, settings, signal, prestart));
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

  /** Why it can't score; undefined while it can, or may well in a moment. */
  get outage(): string | undefined {
    return this.deviceOutage ?? this.#tokenizer.outage;
  }

  /** Why no engine comes up; undefined while one works, or may well work in a moment. */
  get deviceOutage(): string | undefined {
    return this.#engines.outage;
  }

  /** As `outage`, unless the card may be to blame: the model before this one may do better then. */
  get ownOutage(): string | undefined {
    return this.identity.device === 'cpu' ? this.outage : this.#tokenizer.outage;
  }

  /** Tokens of one batch at this moment. */
  get batchTokens(): number {
    return this.#scheduler.batchTokens;
  }

  /** Of its processes, those that ended unasked so far, other than by a fault of their device. */
  get restarts(): number {
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
   * @param signal ends the engines that are still at it: what is left of it is to be closed.
   * @param brief leaves most shapes out, for when requests wait.
   * @throws CallFailed or ChildLost when a run fails, Outage when an engine does not come up again, ServiceError when the tokenizer
   * does not; the signal's reason.
   */
  async warm(signal: AbortSignal, brief = false, onProgress?: WarmUpProgress): Promise<void> {
    const tools = { tokenizer: this.#tokenizer, engines: this.#engines, clock: this.#clock, signal };
    if (this.identity.device === 'cpu') return await warmCpu(tools, this.maxLength, brief);
    const limits = {
      batchTokens: this.#batchTokens,
      maxLength: this.maxLength,
      maxRows: batchBounds(this.identity.device).maxBatchRows,
    };
    const { tokensPerMs, fittedTokens, tooLarge } = await warmGpu(tools, limits, brief, onProgress);
    this.#scheduler.expect(tokensPerMs);
    this.#scheduler.knowsToFit(fittedTokens);
    if (tooLarge !== undefined) this.#scheduler.avoid(tooLarge.tokens, tooLarge.reason);
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

  /** Its tokenizer for one more owner, if that of the model in another directory is the same, and works. */
  async shareTokenizer(directory: string): Promise<Tokenizer | undefined> {
    const [own, other] = [this.#directory, directory].map((path) => join(path, TOKENIZER_FILE));
    const isSame = await haveSameContent(own as string, other as string);
    return isSame && !this.isClosed ? this.#tokenizer.share(other as string) : undefined;
  }

  /** What can be told of the tokenizer alone. @throws as Tokenizer.encode does. */
  inspectTokenizer(request: InspectRequest, signal: AbortSignal): Promise<TokenizerInspection> {
    return this.#tokenizer.inspect(request, signal);
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

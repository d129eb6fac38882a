import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryAdvice } from '../../engine/engine-refusal.ts';
import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import { contextBytes, estimateGpuNeed, type GpuSize } from '../../model/gpu-need.ts';
import type { NamedModel } from '../../model/loadable-model.ts';
import { estimateMemoryNeed, type ModelSize, tokenizerBytes } from '../../model/memory-need.ts';
import { modelSize } from '../../model/model-size.ts';
import type { PrestartRoom } from '../../model/prestart.ts';
import { formatBytes } from '../../platform/memory/format-bytes.ts';
import { readFreeMemory } from '../../platform/memory/free-memory.ts';
import { readProcessMemory } from '../../platform/memory/process-memory.ts';
import type { SwapMode } from '../operation/operation-report.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ModelSlot } from '../slot/model-slot.ts';
import { chooseMode, type MemoryNeed, type ModeChoice } from './choose-mode.ts';

type Wanted = SwapMode | 'auto';

/** Before any window was measured: engines map compiled weights, and read them about as fast. */
const GUESSED_BYTES_PER_MS = 500_000;
const GUESSED_BASE_MS = 1_000;

/** An engine process that waits for a model: 55 MiB were measured. */
const EMPTY_ENGINE_BYTES = 64 * 2 ** 20;

/** Reading ahead beyond this share of the free memory would push out what the model that serves needs. */
const CACHE_SHARE = 0.8;

/** An estimate that is larger than what there is by less than this may well be wrong: models of one size take turns on a full card. */
const DOUBTFUL_FACTOR = 1.1;

/** Decides how models take turns, by what they take and what is free. */
export class SwapModes {
  readonly #slot: ModelSlot<Generation>;
  readonly #configured: Wanted;
  #msPerByte: number | undefined;

  constructor(slot: ModelSlot<Generation>, configured: Wanted) {
    this.#slot = slot;
    this.#configured = configured;
  }

  /** True when not even a trial of the model should be loaded beside the one that serves. An estimate by the size of its files. */
  async isTight(staged: NamedModel): Promise<boolean> {
    const names = await readdir(staged.directory, { recursive: true });
    const sizes = names.map(async (name) => (await stat(join(staged.directory, name))).size);
    const weightBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    const { size: tokenizerFileBytes } = await stat(join(staged.directory, 'tokenizer.json'));
    const size = { engines: 1, weightBytes, isShared: true, tokenizerFileBytes };
    return (await this.#choose(size, 'auto')).chosen === 'hold';
  }

  async choose(prepared: PreparedModel, asked: Wanted | undefined): Promise<ModeChoice> {
    return await this.#choose(await modelSize(prepared), asked);
  }

  /**
   * Refuses a model that can't be on this card even alone: mode hold would end the one that serves for nothing.
   * @throws ServiceError insufficient_storage.
   */
  async requireCardForWeights(prepared: PreparedModel): Promise<void> {
    const onCard = await this.#slot.current?.gpu?.look(0);
    if (onCard === undefined) return;
    const { weightBytes, engines } = await modelSize(prepared);
    const { name, totalBytes } = onCard.card;
    if (weightBytes * engines <= totalBytes) return;
    const whose = engines > 1 ? `its weights, once for each of ${engines} engines,` : 'its weights';
    throw new ServiceError(
      'insufficient_storage',
      `${prepared.reference} does not fit on the card: ${whose} take ${formatBytes(weightBytes * engines)} of GPU memory, and ${name} has ${formatBytes(totalBytes)} in all`,
      {
        detail: memoryAdvice(
          { device: 'cuda', dtype: prepared.graph.dtype, engines },
          'take a smaller model or a card with more memory',
        ),
      },
    );
  }

  /** Why a model may not fit on the card even once the one that serves is gone, as far as that can be estimated. */
  async doubtAlone(prepared: PreparedModel): Promise<string | undefined> {
    const current = this.#slot.current;
    const need = current && (await gpuNeed(await modelSize(prepared), current));
    const bytes = need && need.free.bytes + (current.gpu?.peakBytes ?? 0);
    if (bytes === undefined || need === undefined || need.neededBytes <= bytes * DOUBTFUL_FACTOR)
      return undefined;
    return `it may not fit: it needs about ${formatBytes(need.neededBytes)} of GPU memory, and about ${formatBytes(bytes)} will be free once the model that serves is gone (${need.free.limitedBy})`;
  }

  /** What of a model may be made ready beside the one that serves. */
  async roomBeside(prepared: PreparedModel): Promise<PrestartRoom> {
    const usable = Math.floor((await readFreeMemory()).bytes * CACHE_SHARE);
    const onCard = await this.#slot.current?.gpu?.look(0);
    const needed = tokenizerBytes(await modelSize(prepared)) + prepared.plan.engines * EMPTY_ENGINE_BYTES;
    const forTokenizer = needed <= usable;
    return {
      forTokenizer,
      forContexts: (onCard?.card.freeBytes ?? 0) >= contextBytes(prepared.plan.engines),
      cacheBytes: Math.max(0, forTokenizer ? usable - needed : usable),
      running: this.#slot.current,
    };
  }

  /** How long nothing will serve while this model takes another's place, as far as can be told. */
  expectedWindowMs({ graph }: PreparedModel): number {
    if (this.#msPerByte !== undefined) return this.#msPerByte * graph.weightBytes;
    return GUESSED_BASE_MS + graph.weightBytes / GUESSED_BYTES_PER_MS;
  }

  /** Takes note of how long it took. */
  learnWindow({ graph }: PreparedModel, ms: number): void {
    this.#msPerByte = ms / graph.weightBytes;
  }

  async #choose(candidate: ModelSize, asked: Wanted | undefined): Promise<ModeChoice> {
    const wanted = asked ?? this.#configured;
    const current = this.#slot.current;
    if (current === undefined) return chooseMode({ wanted, needs: [], hasCurrent: false });
    const needs = await Promise.all([hostNeed(candidate, current), gpuNeed(candidate, current)]);
    return chooseMode({ wanted, needs: needs.filter((need) => need !== undefined), hasCurrent: true });
  }
}

async function hostNeed(candidate: ModelSize, current: Generation): Promise<MemoryNeed> {
  const [free, { peakBytes }] = await Promise.all([readFreeMemory(), readProcessMemory(current.pids)]);
  const neededBytes = estimateMemoryNeed(candidate, { ...current.size, ownBytes: peakBytes });
  return { kind: 'host', neededBytes, free };
}

/** @returns undefined on a CPU, and where no driver tells what is free. */
async function gpuNeed(candidate: GpuSize, current: Generation): Promise<MemoryNeed | undefined> {
  const onCard = await current.gpu?.look(0);
  if (onCard === undefined) return undefined;
  const gpuBytes = current.gpu?.peakBytes;
  const neededBytes = estimateGpuNeed(
    candidate,
    gpuBytes === undefined ? undefined : { ...current.size, gpuBytes },
  );
  const { freeBytes, name } = onCard.card;
  return { kind: 'gpu', neededBytes, free: { bytes: freeBytes, limitedBy: name } };
}

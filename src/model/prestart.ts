import type { Device, WakeRequest } from '../engine/protocol.ts';
import { SpareEngines } from '../engine/spare-engines.ts';
import { probeModel } from '../graph/probe-model.ts';
import { warmPageCache } from '../platform/page-cache.ts';
import { type ChildSettings, childOptions } from './child-options.ts';
import type { GenerationSettings } from './generation-settings.ts';
import type { LoadableModel } from './loadable-model.ts';
import { startTokenizer } from './start-tokenizer.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** What decides how engines without a model are started. */
export type PrestartSettings = ChildSettings & Pick<GenerationSettings, 'device' | 'gpu'>;

/** A model that serves. */
interface TokenizerOwner {
  /** Its tokenizer for one more owner, if that of the model in another directory is the same, and works. */
  shareTokenizer(directory: string): Promise<Tokenizer | undefined>;
}

/** How much of a generation there is room for while another one serves. */
export interface PrestartRoom {
  /** How much of the weights to read ahead into the page cache. */
  readonly cacheBytes: number;
  /** Whether another tokenizer fits. */
  readonly forTokenizer: boolean;
  /** Whether each engine may have a context on the card already. */
  readonly forContexts: boolean;
  /** The model that serves: a tokenizer of the same content can be shared. */
  readonly running: TokenizerOwner | undefined;
}

/**
 * All of a generation but the model itself: engine processes without a model, and the tokenizer, if there is room for it. Whoever
 * had it prepared closes it, whatever a generation has taken of it.
 */
export class Prestart {
  readonly spares: SpareEngines;
  /** What the engines hold on the card, as far as that was seen. */
  readonly gpuBytes: number;
  #tokenizer: Tokenizer | undefined;

  private constructor(tokenizer: Tokenizer | undefined, spares: SpareEngines, gpuBytes: number) {
    this.#tokenizer = tokenizer;
    this.spares = spares;
    this.gpuBytes = gpuBytes;
  }

  /** @throws what a tokenizer or an engine process throws that does not start. Nothing is left running then. */
  static async prepare(
    model: LoadableModel & { readonly generation: number },
    settings: PrestartSettings,
    { cacheBytes, forTokenizer, forContexts, running }: PrestartRoom,
    signal: AbortSignal,
  ): Promise<Prestart> {
    const tokenizer =
      (await running?.shareTokenizer(model.directory)) ??
      (forTokenizer ? await startTokenizer(model, settings, signal) : undefined);
    let spares: SpareEngines | undefined;
    try {
      const name = `model-${model.generation}.engine`;
      const wakes = forContexts ? wakeRequest(settings.device) : undefined;
      const options = { ...childOptions(settings), name, size: model.plan.engines, wakes };
      const usedBytes = async (): Promise<number> =>
        (wakes && (await settings.gpu?.read([], 0))?.usedBytes) ?? Number.NaN;
      const before = await usedBytes();
      spares = await SpareEngines.start(options, signal);
      const gpuBytes = Math.max(0, (await usedBytes()) - before || 0);
      await warmPageCache(model.graph.files, cacheBytes, signal);
      return new Prestart(tokenizer, spares, gpuBytes);
    } catch (error) {
      await Promise.all([tokenizer?.close(), spares?.close()]);
      throw error;
    }
  }

  /** Gives the tokenizer away, if there is one. */
  takeTokenizer(): Tokenizer | undefined {
    const tokenizer = this.#tokenizer;
    this.#tokenizer = undefined;
    return tokenizer;
  }

  /** Ends what no generation has taken over; doing it again changes nothing. */
  async close(): Promise<void> {
    await Promise.all([this.takeTokenizer()?.close(), this.spares.close()]);
  }
}

function wakeRequest(device: Device): WakeRequest | undefined {
  if (device === 'cpu') return undefined;
  return { device, modelBase64: Buffer.from(probeModel()).toString('base64') };
}

import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { CallFailed, ChildLink } from '../platform/process/child-link.ts';
import { entryBeside } from '../platform/process/entry.ts';
import type { Mortal } from '../platform/process/supervisor.ts';
import {
  decodeRunReply,
  EngineCall,
  encodeRagged,
  type LoadReply,
  type LoadRequest,
  type RaggedTokens,
  type RunReply,
} from './protocol.ts';

export interface EngineOptions extends LoadRequest {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly loadTimeoutMs: number;
  readonly runTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Engines take every processor there is. Standing a little behind, they leave the HTTP process and the tokenizer their short
 * turns, without which a full load would delay health probes, new requests and the next batch.
 */
export const ENGINE_NICENESS = 5;

/** The module that an engine process runs. */
export const engineEntry = entryBeside(import.meta.url, 'child/main');

/** One engine process with its model loaded, as the parent sees it. */
export class Engine implements Mortal {
  readonly model: LoadReply;
  readonly #link: ChildLink;
  readonly #runTimeoutMs: number;

  private constructor(link: ChildLink, model: LoadReply, runTimeoutMs: number) {
    this.#link = link;
    this.model = model;
    this.#runTimeoutMs = runTimeoutMs;
  }

  /**
   * @param spare a process that has no model yet, to spare the start of one.
   * @throws ServiceError invalid_model when ONNX Runtime refuses the model; ChildLost when the process dies over it.
   */
  static async start(options: EngineOptions, unwanted: AbortSignal, spare?: ChildLink): Promise<Engine> {
    const { modelFile, device, threads, optimization, onlyDevice = false } = options;
    const request: LoadRequest = { modelFile, device, threads, optimization, onlyDevice };
    const payload = Buffer.from(JSON.stringify(request));
    const load = { kind: EngineCall.load, payload, timeoutMs: options.loadTimeoutMs };
    try {
      const { link, reply } = await ChildLink.launch(
        { ...options, niceness: ENGINE_NICENESS, entry: engineEntry },
        load,
        unwanted,
        spare,
      );
      return new Engine(link, JSON.parse(reply.toString()) as LoadReply, options.runTimeoutMs);
    } catch (error) {
      throw error instanceof CallFailed ? refusedModel(error) : error;
    }
  }

  get pid(): number | undefined {
    return this.#link.pid;
  }

  get lost(): Promise<string> {
    return this.#link.lost;
  }

  get alive(): boolean {
    return this.#link.alive;
  }

  /** Batches sent and not yet answered; the first of them is running. */
  get outstanding(): number {
    return this.#link.outstanding;
  }

  /**
   * @param about what the batch is about, for the log.
   * @throws CallFailed when ONNX Runtime rejects the batch; ChildLost when the process ends first.
   */
  async run(tokens: RaggedTokens, about?: () => object): Promise<RunReply> {
    const payload = encodeRagged(tokens);
    return decodeRunReply(await this.#link.call(EngineCall.run, payload, this.#runTimeoutMs, about));
  }

  kill(because: string): void {
    this.#link.kill(because);
  }
}

function refusedModel(error: CallFailed): ServiceError {
  return new ServiceError('invalid_model', `ONNX Runtime can't load this model: ${error.message}`, {
    cause: error,
  });
}

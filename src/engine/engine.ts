import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { CallFailed, ChildLink, ChildLost } from '../platform/process/child-link.ts';
import { entryBeside } from '../platform/process/entry.ts';
import type { Mortal } from '../platform/process/supervisor.ts';
import { classifyFault, DeviceLost, shortFault } from './engine-fault.ts';
import { deviceRefusal } from './engine-refusal.ts';
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
  /** @see ChildLinkOptions */
  readonly outputLevel?: (() => 'warn' | 'debug') | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Engines take every processor there is. Standing a little behind, they leave the HTTP process and the tokenizer their short
 * turns, without which a full load would delay health probes, new requests and the next batch.
 */
export const ENGINE_NICENESS = 5;

/** glibc keeps memory in one arena a thread, and gives little of it back: an engine has few threads that allocate. */
export function engineEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return { MALLOC_ARENA_MAX: '2', ...env };
}

/** The module that an engine process runs. */
export const engineEntry = entryBeside(import.meta.url, 'child/main');

/** One engine process with its model loaded, as the parent sees it. */
export class Engine implements Mortal {
  readonly model: LoadReply;
  readonly #link: ChildLink;
  readonly #runTimeoutMs: number;
  /** What the device said, once it has failed: nothing that this process tries will work from then on. */
  #fault: string | undefined;

  private constructor(link: ChildLink, model: LoadReply, runTimeoutMs: number) {
    this.#link = link;
    this.model = model;
    this.#runTimeoutMs = runTimeoutMs;
  }

  /**
   * @param spare a process that has no model yet, to spare the start of one.
   * @throws ServiceError invalid_model when ONNX Runtime refuses the model, unavailable or insufficient_storage when its device
   * does; ChildLost when the process dies over it.
   */
  static async start(options: EngineOptions, unwanted: AbortSignal, spare?: ChildLink): Promise<Engine> {
    const { modelFile, device, threads, optimization, onlyDevice = false, maxLength } = options;
    const request: LoadRequest = { modelFile, device, threads, optimization, onlyDevice, maxLength };
    const payload = Buffer.from(JSON.stringify(request));
    const load = { kind: EngineCall.load, payload, timeoutMs: options.loadTimeoutMs };
    try {
      const { link, reply } = await ChildLink.launch(
        { ...options, env: engineEnvironment(options.env), niceness: ENGINE_NICENESS, entry: engineEntry },
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
   * @throws CallFailed when ONNX Runtime rejects the batch; ChildLost when the process ends first, and DeviceLost when it is ended
   * because its device has failed.
   */
  async run(tokens: RaggedTokens, about?: () => object): Promise<RunReply> {
    const payload = encodeRagged(tokens);
    try {
      return decodeRunReply(await this.#link.call(EngineCall.run, payload, this.#runTimeoutMs, about));
    } catch (error) {
      throw this.#judge(error);
    }
  }

  kill(because: string): void {
    this.#link.kill(because);
  }

  /** Ends the process over an error that leaves its context on the device broken: whatever runs next would fail as well. */
  #judge(error: unknown): unknown {
    if (error instanceof CallFailed && classifyFault(error.message) === 'device-lost') {
      this.#fault ??= shortFault(error.message);
      this.kill(this.#fault);
      return new DeviceLost(this.#fault, true);
    }
    // What waited behind it is lost by the same fault, whether or not it had begun.
    if (error instanceof ChildLost && this.#fault !== undefined) return new DeviceLost(this.#fault, false);
    return error;
  }
}

function refusedModel(error: CallFailed): ServiceError {
  const refusal = deviceRefusal(error.message, error);
  if (refusal !== undefined) return refusal;
  return new ServiceError('invalid_model', `ONNX Runtime can't load this model: ${error.message}`, {
    cause: error,
  });
}

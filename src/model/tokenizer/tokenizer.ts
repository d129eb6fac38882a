import { ChildLost } from '../../platform/process/child-link.ts';
import { Supervisor } from '../../platform/process/supervisor.ts';
import type { EncodedPairs, EncodeRequest, InspectRequest, TokenizerInspection } from './protocol.ts';
import { type TokenizerOptions, TokenizerProcess } from './tokenizer-process.ts';

/** The tokenizer of one model: a process that is started again when it ends. */
export class Tokenizer {
  readonly #supervisor: Supervisor<TokenizerProcess>;
  #holders = 1;

  private constructor(supervisor: Supervisor<TokenizerProcess>) {
    this.#supervisor = supervisor;
  }

  static async start(
    options: TokenizerOptions & {
      readonly onRestart: (reason: string) => void;
      readonly onFailedStart?: (error: unknown) => void;
    },
    signal: AbortSignal,
  ): Promise<Tokenizer> {
    const supervisor = await Supervisor.launch<TokenizerProcess>(
      {
        name: options.name,
        start: (unwanted) => TokenizerProcess.start(options, unwanted),
        clock: options.clock,
        logger: options.logger,
        onDown: options.onRestart,
        ...(options.onFailedStart && { onFailedStart: options.onFailedStart }),
      },
      signal,
    );
    return new Tokenizer(supervisor);
  }

  get pids(): number[] {
    return [this.#supervisor.current?.pid ?? []].flat();
  }

  /** Encodes one chunk of a request. */
  encode(request: EncodeRequest): Promise<EncodedPairs> {
    return this.#ask((process) => process.encode(request));
  }

  inspect(request: InspectRequest): Promise<TokenizerInspection> {
    return this.#ask((process) => process.inspect(request));
  }

  /** One more owner: the process ends when each of them has closed it. */
  share(): this {
    this.#holders++;
    return this;
  }

  /** Ends the process, when no other owner needs it. To be called once by each. */
  async close(): Promise<void> {
    this.#holders--;
    if (this.#holders === 0) await this.#supervisor.close();
  }

  /** Asks a second process if the first one ends meanwhile. */
  async #ask<T>(call: (process: TokenizerProcess) => Promise<T>): Promise<T> {
    try {
      return await call(await this.#supervisor.up());
    } catch (error) {
      if (!(error instanceof ChildLost)) throw error;
      return await call(await this.#supervisor.up());
    }
  }
}

import { Mutex } from 'async-mutex';
import { ChildLost } from '../../platform/process/child-link.ts';
import { type Mortal, Supervisor } from '../../platform/process/supervisor.ts';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import type { EncodedPairs, EncodeRequest, InspectRequest, TokenizerInspection } from './protocol.ts';
import { endedAgain, keepsEnding, orUnavailable } from './tokenizer-failure.ts';
import { type TokenizerOptions, TokenizerProcess } from './tokenizer-process.ts';

/** Processes that may end over the calls of others while one call waits for its answer. */
const MAX_LOST_BY_OTHERS = 8;

/** A process as far as its calls go. */
export type AskedProcess = Mortal & Pick<TokenizerProcess, 'pid' | 'encode' | 'inspect'>;

/** One process, and what those have in common who share it. */
interface Shared {
  readonly supervisor: Supervisor<AskedProcess>;
  /** The tokenizer.json of each owner, all of one content. */
  readonly files: string[];
  /** Calls that have lost a process take turns: the one over which the next process ends is known then. */
  readonly turns: Mutex;
  /** Processes that ended unasked. */
  readonly lost: { count: number };
}

/** The tokenizer of one model: a process that is started again when it ends, and that models with equal tokenizers may share. */
export class Tokenizer {
  readonly #shared: Shared;
  readonly #file: string;
  readonly #lostBefore: number;

  private constructor(shared: Shared, file: string) {
    this.#shared = shared;
    this.#file = file;
    this.#lostBefore = shared.lost.count;
  }

  static async start(
    options: TokenizerOptions & {
      readonly onRestart: (reason: string) => void;
      readonly onFailedStart?: (error: unknown) => void;
    },
    signal: AbortSignal,
    startProcess: (options: TokenizerOptions, unwanted: AbortSignal) => Promise<AskedProcess> = (...start) =>
      TokenizerProcess.start(...start),
  ): Promise<Tokenizer> {
    const { name, tokenizerFile, clock, logger, onFailedStart } = options;
    const files = [tokenizerFile];
    const lost = { count: 0 };
    const supervisor = await Supervisor.launch<AskedProcess>(
      {
        name,
        // The files of owners that came before are deleted when these have left the history.
        start: (unwanted) =>
          startProcess({ ...options, tokenizerFile: files.at(-1) ?? tokenizerFile }, unwanted),
        clock,
        logger,
        onDown: (reason) => {
          lost.count++;
          options.onRestart(reason);
        },
        ...(onFailedStart && { onFailedStart }),
      },
      signal,
    );
    return new Tokenizer({ supervisor, files, turns: new Mutex(), lost }, tokenizerFile);
  }

  get pids(): number[] {
    return [this.#shared.supervisor.current?.pid ?? []].flat();
  }

  /** Processes that ended unasked since this owner has it. */
  get restarts(): number {
    return this.#shared.lost.count - this.#lostBefore;
  }

  /** Why no process comes up; undefined while one works, or may well work in a moment. */
  get outage(): string | undefined {
    const { outage } = this.#shared.supervisor;
    return outage && `the tokenizer does not come up again: ${outage}`;
  }

  /**
   * Encodes one chunk of a request.
   * @throws CallFailed when the library refuses a text; ServiceError internal when the process ends over it again, unavailable while
   * none comes up; the signal's reason.
   */
  encode(request: EncodeRequest, signal: AbortSignal): Promise<EncodedPairs> {
    return this.#ask((process) => process.encode(request), signal);
  }

  /** @throws as encode does. */
  inspect(request: InspectRequest, signal: AbortSignal): Promise<TokenizerInspection> {
    return this.#ask((process) => process.inspect(request), signal);
  }

  /**
   * The same process for one more owner: it ends when each of them has closed its own.
   * @param file the owner's tokenizer.json, which restarts read from now on.
   * @returns undefined while the process is down.
   */
  share(file: string): Tokenizer | undefined {
    if (this.#shared.supervisor.current === undefined) return undefined;
    this.#shared.files.push(file);
    return new Tokenizer(this.#shared, file);
  }

  /** Ends the process, when no other owner needs it. To be called once by each. */
  async close(): Promise<void> {
    const { files, supervisor } = this.#shared;
    files.splice(files.lastIndexOf(this.#file), 1);
    if (files.length === 0) await supervisor.close();
  }

  /** Asks other processes if the first one ends meanwhile: calls run beside each other, and any of them may have ended it. */
  async #ask<T>(call: (process: AskedProcess) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { supervisor, turns } = this.#shared;
    const askOnce = async (): Promise<T> => unlessAborted(call(await supervisor.up(signal)), signal);
    try {
      return await askOnce().catch((error) => {
        if (!(error instanceof ChildLost)) throw error;
        return unlessAborted(
          turns.runExclusive(() => askAgain(askOnce)),
          signal,
        );
      });
    } catch (error) {
      throw orUnavailable(error, this.outage);
    }
  }
}

async function askAgain<T>(askOnce: () => Promise<T>): Promise<T> {
  let lost: ChildLost | undefined;
  for (let others = 0; others < MAX_LOST_BY_OTHERS; others++) {
    try {
      return await askOnce();
    } catch (error) {
      if (!(error instanceof ChildLost)) throw error;
      if (error.wasRunning) throw endedAgain(error);
      lost = error;
    }
  }
  throw keepsEnding(lost);
}

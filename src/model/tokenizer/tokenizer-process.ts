import { availableParallelism } from 'node:os';
import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed, ChildLink } from '../../platform/process/child-link.ts';
import { entryBeside } from '../../platform/process/entry.ts';
import type { Mortal } from '../../platform/process/supervisor.ts';
import {
  decodeInspection,
  decodePairs,
  type EncodedPairs,
  type EncodeRequest,
  encodeInspection,
  encodeRequest,
  type InspectRequest,
  TokenizerCall,
  type TokenizerInspection,
} from './protocol.ts';

export interface TokenizerOptions {
  readonly name: string;
  readonly tokenizerFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Far beyond what a chunk takes, short enough to notice a hang. */
const ENCODE_TIMEOUT_MS = 30_000;

/**
 * The library allocates several pieces for each token, on a thread for each processor and on two of Node's. Where these have to
 * share arenas, they wait for each other most of the time.
 */
const ALLOCATING_THREADS = availableParallelism() + 2;

const tokenizerEntry = entryBeside(import.meta.url, 'child/main');

/** One tokenizer process with its vocabulary loaded. */
export class TokenizerProcess implements Mortal {
  readonly #link: ChildLink;

  private constructor(link: ChildLink) {
    this.#link = link;
  }

  /** @throws ServiceError invalid_model when the file is not a tokenizer that can encode pairs. */
  static async start(options: TokenizerOptions, unwanted: AbortSignal): Promise<TokenizerProcess> {
    const payload = Buffer.from(options.tokenizerFile);
    const load = { kind: TokenizerCall.load, payload, timeoutMs: options.loadTimeoutMs };
    try {
      const env = { MALLOC_ARENA_MAX: String(ALLOCATING_THREADS), ...options.env };
      const { link } = await ChildLink.launch({ ...options, env, entry: tokenizerEntry }, load, unwanted);
      return new TokenizerProcess(link);
    } catch (error) {
      throw error instanceof CallFailed ? refusedTokenizer(error) : error;
    }
  }

  get pid(): number | undefined {
    return this.#link.pid;
  }

  get alive(): boolean {
    return this.#link.alive;
  }

  get lost(): Promise<string> {
    return this.#link.lost;
  }

  /** @throws CallFailed when the library refuses the text; ChildLost when the process ends first. */
  async encode(request: EncodeRequest): Promise<EncodedPairs> {
    return decodePairs(
      await this.#link.call(TokenizerCall.encode, encodeRequest(request), ENCODE_TIMEOUT_MS),
    );
  }

  /** @throws as encode does. */
  async inspect(request: InspectRequest): Promise<TokenizerInspection> {
    return decodeInspection(
      await this.#link.call(TokenizerCall.inspect, encodeInspection(request), ENCODE_TIMEOUT_MS),
    );
  }

  kill(because: string): void {
    this.#link.kill(because);
  }
}

function refusedTokenizer(error: CallFailed): ServiceError {
  return new ServiceError('invalid_model', `tokenizer.json can't be used: ${error.message}`, {
    detail:
      'It must be the tokenizer.json that the tokenizers library writes (tokenizer.save), with a post-processor for pairs.',
    cause: error,
  });
}

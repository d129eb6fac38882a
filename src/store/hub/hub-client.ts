import type { Clock } from '../../platform/clock.ts';
import type { BlobSource } from '../download/blob.ts';
import type { Transport } from '../transport/transport.ts';
import { askEndpoints } from './ask-endpoints.ts';
import { byHealth, type Endpoint } from './endpoints.ts';
import { isCommit } from './hub-names.ts';
import { requestJson, UnusableAnswer } from './json-request.ts';
import { InvalidTree, MAX_TREE_FILES, parseTreePage, type TreeFile, treeOf } from './tree.ts';

export interface HubClientOptions {
  readonly transport: Transport;
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told when an endpoint answers in place of one before it. */
  readonly onFailover: () => void;
}

/** Whether there is something to use should nobody answer. */
export interface Asking {
  readonly hasFallback: boolean;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** What is on this machine already should not wait for long for a hub that hardly answers. */
const BRIEFLY = { roundMs: 3_000, rounds: 1 };

/** When there is nothing on this machine, a slow answer is better than none. Per endpoint. */
const PATIENT_MS = 10_000;
const PATIENT_ROUNDS = 3;

const MAX_PAGES = 100;

/** Asks hubs what they have. Tokens are the transport's business. */
export class HubClient {
  readonly #options: HubClientOptions;

  constructor(options: HubClientOptions) {
    this.#options = options;
  }

  /**
   * The commit that a branch or tag means now, in one request.
   * @throws HubFailure.
   */
  async commitOf(id: string, revision: string, asking: Asking): Promise<string> {
    return await this.#ask(asking, async (endpoint, timeoutMs) => {
      const url = new URL(`${endpoint.url}/api/models/${id}/revision/${encodeURIComponent(revision)}`);
      const { value } = await this.#get(url, timeoutMs, asking.signal);
      const { sha } = (value ?? {}) as { sha?: unknown };
      if (typeof sha === 'string' && isCommit(sha)) return sha;
      throw new UnusableAnswer('answered without the name of a commit');
    });
  }

  /**
   * Every file of a commit.
   * @throws HubFailure.
   */
  async treeOf(id: string, commit: string, asking: Asking): Promise<ReadonlyMap<string, TreeFile>> {
    return await this.#ask(asking, async (endpoint, timeoutMs) => {
      const files: TreeFile[] = [];
      const first = new URL(`${endpoint.url}/api/models/${id}/tree/${commit}?recursive=true&expand=false`);
      let next: URL | undefined = first;
      for (let page = 0; next !== undefined; page++) {
        if (page >= MAX_PAGES) throw new UnusableAnswer(`lists more than ${MAX_PAGES} pages of files`);
        const answer = await this.#get(next, timeoutMs, asking.signal);
        if ((answer.header('x-repo-commit') ?? commit) !== commit) {
          throw new UnusableAnswer('lists another commit than it was asked for');
        }
        files.push(...trusted(() => parseTreePage(answer.value)));
        if (files.length > MAX_TREE_FILES)
          throw new UnusableAnswer(`lists more than ${MAX_TREE_FILES} files`);
        next = nextPage(answer.header('link'), first);
      }
      return trusted(() => treeOf(files));
    });
  }

  /** Where a file of a commit can be had, the best place first. */
  sources(id: string, commit: string, path: string): BlobSource[] {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    return byHealth(this.#options.endpoints).map(({ url, name }) => ({
      url: new URL(`${url}/${id}/resolve/${commit}/${encoded}`),
      name,
    }));
  }

  async #ask<T>(
    { hasFallback, warn, signal }: Asking,
    ask: (endpoint: Endpoint, timeoutMs: number) => Promise<T>,
  ): Promise<T> {
    const { endpoints, clock, random, onFailover } = this.#options;
    const patient = { roundMs: PATIENT_MS * endpoints.length, rounds: PATIENT_ROUNDS };
    const patience = { ...(hasFallback ? BRIEFLY : patient), warn, signal };
    return await askEndpoints(endpoints, patience, clock, random, ask, onFailover);
  }

  async #get(url: URL, timeoutMs: number, signal: AbortSignal) {
    return await requestJson(this.#options.transport, this.#options.clock, url, timeoutMs, signal);
  }
}

function trusted<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof InvalidTree)) throw error;
    throw new UnusableAnswer(`sent a listing that can't be used: ${error.message}`);
  }
}

/** RFC 8288. Mirrors pass on links to the hub itself: only the query is taken from it, the endpoint stays the same. */
function nextPage(link: string | undefined, first: URL): URL | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '') ?? [];
  if (target === undefined) return undefined;
  const next = new URL(first);
  next.search = URL.parse(target, first.href)?.search ?? '';
  if (next.search === first.search) throw new UnusableAnswer('gives the same page of its listing again');
  return next;
}

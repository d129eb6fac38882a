import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import question from './question.json' with { type: 'json' };

/** What the clients are told of the servers. */
export interface ServersUnderTest {
  /** Wants the key. */
  readonly url: string;
  /** Wants none: not every client can send one. */
  readonly openUrl: string;
  readonly key: string;
  /** What a plain request gets: every document, best first. */
  readonly ranking: readonly { readonly index: number; readonly score: number }[];
}

/** Two servers with the embedded model. */
export class Servers implements AsyncDisposable {
  readonly #locked: ServiceUnderTest;
  readonly #open: ServiceUnderTest;
  readonly underTest: ServersUnderTest;

  private constructor(locked: ServiceUnderTest, open: ServiceUnderTest, underTest: ServersUnderTest) {
    this.#locked = locked;
    this.#open = open;
    this.underTest = underTest;
  }

  static async start(): Promise<Servers> {
    const key = 'interop-key';
    const settings = { RERANK_ENGINES: '1' };
    const open = await startService(settings);
    const locked = await startService({ ...settings, RERANK_API_KEY: key }).catch(async (error) => {
      await open[Symbol.asyncDispose]();
      throw error;
    });
    const { body } = await open.client.rerank(question.query, question.documents);
    return new Servers(locked, open, {
      url: locked.client.url,
      openUrl: open.client.url,
      key,
      ranking: body.results.map(({ index, relevance_score }) => ({ index, score: relevance_score })),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#locked[Symbol.asyncDispose](), this.#open[Symbol.asyncDispose]()]);
  }
}

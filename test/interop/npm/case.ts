import assert from 'node:assert/strict';
import question from '../question.json' with { type: 'json' };

export const { query, documents } = question;

/** The server under test. */
export interface Server {
  readonly url: string;
  readonly key: string;
  /** What a plain request gets: every document, best first. */
  readonly ranking: readonly Rank[];
}

export interface Rank {
  readonly index: number;
  readonly score: number;
}

/** One way in which one client asks. */
export interface Case {
  readonly client: string;
  /** The package whose version is reported. */
  readonly packageName: string;
  /** The path and the shape, as docs/clients.md names them. */
  readonly dialect: string;
  /** Throws when the client can't work with this server. */
  run(server: Server): Promise<void>;
}

/** The client says just what the server said. */
export function expectRanks(got: readonly Rank[], wanted: readonly Rank[]): void {
  assert.deepEqual(got, wanted);
}

/** A wrong key is refused, and the client says so in a way that names the reason. */
export async function expectRefusal(asking: Promise<unknown>, reason: RegExp): Promise<void> {
  await assert.rejects(asking, reason);
}

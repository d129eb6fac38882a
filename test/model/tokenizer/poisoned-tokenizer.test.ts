import { beforeEach, describe, expect, it } from 'vitest';
import { type AskedProcess, Tokenizer } from '../../../src/model/tokenizer/tokenizer.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { FakeTokenizerProcess, POISON } from '../../support/fake-tokenizer-process.ts';
import { LogBook } from '../../support/log-book.ts';

const never = new AbortController().signal;

let start: () => Promise<AskedProcess>;

async function startTokenizer(): Promise<Tokenizer> {
  const options = {
    name: 'tokenizer',
    tokenizerFile: 'tokenizer.json',
    env: {},
    loadTimeoutMs: 1,
    // Pauses between starts are over at once.
    clock: { ...systemClock, after: (_: number, run: () => void) => systemClock.after(0, run) },
    logger: new LogBook().logger,
    onRestart: () => {},
  };
  return await Tokenizer.start(options, never, () => start());
}

const encode = (tokenizer: Tokenizer, query: string, signal = never) =>
  tokenizer.encode({ query, documents: ['a'], maxLength: 16 }, signal);

beforeEach(() => {
  start = async () => new FakeTokenizerProcess();
});

describe('a text that ends the tokenizer', () => {
  it.each([
    ['first', [POISON, 'one', 'two']],
    ['in between', ['one', POISON, 'two']],
    ['several times', ['one', POISON, 'two', POISON, POISON, 'three', POISON]],
  ])('takes no other request with it: %s', async (_, queries) => {
    const tokenizer = await startTokenizer();
    const outcomes = await Promise.allSettled(queries.map((query) => encode(tokenizer, query)));
    for (const [at, outcome] of outcomes.entries()) {
      if (queries[at] === POISON) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { type: 'internal', message: expect.stringMatching(/ended twice over this request/) },
        });
      } else expect(outcome.status, `${queries[at]}`).toBe('fulfilled');
    }
    const poisons = queries.filter((query) => query === POISON).length;
    // All of them ended the first process together.
    expect(tokenizer.restarts).toBe(poisons + 1);
    await tokenizer.close();
  });

  it('that never gets its turn because of others is given up, and may be sent again', async () => {
    const tokenizer = await startTokenizer();
    let starts = 0;
    start = async () => {
      starts++;
      const process = new FakeTokenizerProcess();
      // Somebody else is always first.
      setImmediate(() => process.kill('signal SIGKILL'));
      void process.encode({ query: 'other', documents: [], maxLength: 16 }).catch(() => {});
      return process;
    };
    await Promise.allSettled([encode(tokenizer, POISON)]);
    await expect(encode(tokenizer, 'one')).rejects.toMatchObject({
      type: 'unavailable',
      message: 'the tokenizer keeps ending over other requests',
      retryAfterSeconds: 5,
    });
    expect(starts).toBeGreaterThan(2);
    await tokenizer.close();
  });
});

it('who no longer waits for an answer holds nothing, and keeps nobody from his turn', async () => {
  const tokenizer = await startTokenizer();
  const enough = new AbortController();
  const hangs = new FakeTokenizerProcess();
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  hangs.encode = () => {
    resolve();
    return new Promise(() => {});
  };
  start = async () => hangs;
  const poisoned = encode(tokenizer, POISON, enough.signal);
  const next = encode(tokenizer, 'one', enough.signal);
  // Both have lost a process, and the first of them has its turn.
  await isAsked;
  enough.abort(new Error('enough'));
  await expect(poisoned).rejects.toThrow('enough');
  await expect(next).rejects.toThrow('enough');
  await tokenizer.close();
});

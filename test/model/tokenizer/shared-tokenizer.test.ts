import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tokenizer } from '../../../src/model/tokenizer/tokenizer.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { embeddedModels } from '../../support/directories.ts';
import { LogBook } from '../../support/log-book.ts';
import { signalAll, untilGone } from '../../support/processes.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testEnvironment } from '../../support/test-environment.ts';
import { until } from '../../support/until.ts';

const never = new AbortController().signal;
const request = { query: 'a', documents: ['a cat'], maxLength: 16 };

describe('a tokenizer that a second model shares', () => {
  /** The tokenizer.json of each model: private copies of one content. */
  let files: readonly [string, string];
  let first: Tokenizer;

  beforeEach(async () => {
    const directory = await temporaryDirectory();
    files = [join(directory, 'first.json'), join(directory, 'second.json')];
    for (const file of files) await cp(join(embeddedModels, 'demo/tokenizer.json'), file);
    const options = {
      name: 'tokenizer',
      tokenizerFile: files[0],
      env: testEnvironment({}),
      loadTimeoutMs: 60_000,
      clock: systemClock,
      logger: new LogBook().logger,
      onRestart: () => {},
    };
    first = await Tokenizer.start(options, never);
  });

  const kill = async (): Promise<void> => {
    const { pids } = first;
    signalAll(pids, 'SIGKILL');
    await untilGone(pids);
  };
  const share = (): Tokenizer => {
    const second = first.share(files[1]);
    if (second === undefined) throw new Error('the tokenizer is down');
    return second;
  };

  it('starts again from the copy of that model, once the first one is deleted', async () => {
    const second = share();
    await first.close();
    await rm(files[0]);
    await kill();
    expect((await second.encode(request, never)).lengths).toHaveLength(1);
    expect(second.restarts).toBe(1);
    await second.close();
    expect(second.pids).toEqual([]);
  });

  it('starts again from the copy of the first one, once the other has closed it', async () => {
    await share().close();
    await rm(files[1]);
    await kill();
    expect((await first.encode(request, never)).lengths).toHaveLength(1);
    await first.close();
  });

  it('is not shared while it is down, which those are told who ask it', async () => {
    await rm(files[0]);
    const answers = (async () => {
      await kill();
      return await first.encode(request, never);
    })();
    await expect(answers).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringMatching(/^the tokenizer does not come up again: /),
      retryAfterSeconds: 5,
    });
    expect(first.outage).toMatch(/does not come up again/);
    expect(first.share(files[1])).toBeUndefined();
    await cp(files[1], files[0]);
    await until('it works again', () => first.outage === undefined);
    expect((await first.encode(request, never)).lengths).toHaveLength(1);
    await first.close();
  });

  afterEach(() => untilGone(first.pids));
});

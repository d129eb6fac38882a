import { beforeEach, describe, expect, it } from 'vitest';
import { Standby } from '../../../src/serving/probation/standby.ts';
import { type FakeGeneration, fakeGeneration } from '../../support/fake-generation.ts';

/** Whether that has happened by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  const pending = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return await Promise.race([promise.then(() => true), pending]);
}

let standby: Standby;
let old: ReturnType<typeof fakeGeneration> & FakeGeneration;
beforeEach(() => {
  standby = new Standby(() => Promise.resolve());
  old = fakeGeneration('old');
});

describe('the model that is kept at hand', () => {
  it('is found by its content in the form that it had', () => {
    standby.keep(old, 'int8');
    const { digest } = old.identity;
    expect(standby.matching(digest, 'int8')).toBe(old);
    expect(standby.matching(digest, 'fp32')).toBeUndefined();
    expect(standby.matching(digest, undefined)).toBeUndefined();
    expect(standby.matching('f'.repeat(64), 'int8')).toBeUndefined();
    expect(standby.identity).toBe(old.identity);
  });

  it('is nobody where none is kept', async () => {
    expect([standby.identity, standby.lease(), standby.matching('', undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await standby.dismiss();
    await standby.takeBack().idle;
  });

  it('ends when it is no longer wanted', async () => {
    standby.keep(old, undefined);
    await standby.dismiss();
    expect(old.isClosed).toBe(true);
    expect(standby.lease()).toBeUndefined();
  });

  it('ends after the last request that it answers, and gets no new one', async () => {
    standby.keep(old, undefined);
    const [first, second] = [standby.lease(), standby.lease()];
    expect(first?.model).toBe(old);
    const dismissed = standby.dismiss();
    expect(standby.lease()).toBeUndefined();
    first?.release();
    first?.release();
    expect(await isDone(dismissed)).toBe(false);
    expect(old.isClosed).toBe(false);
    second?.release();
    await dismissed;
    expect(old.isClosed).toBe(true);
  });

  it('does not end because a request is done with it', async () => {
    standby.keep(old, undefined);
    standby.lease()?.release();
    expect(old.isClosed).toBe(false);
    await standby.dismiss();
    expect(old.isClosed).toBe(true);
  });

  it('lives on when it serves again, and tells when nobody uses it as a standby any more', async () => {
    standby.keep(old, undefined);
    const lease = standby.lease();
    const { idle } = standby.takeBack();
    expect(standby.identity).toBeUndefined();
    expect(await isDone(idle)).toBe(false);
    lease?.release();
    await idle;
    await standby.dismiss();
    expect(old.isClosed).toBe(false);
  });

  it('has ended for everybody who dismisses it', async () => {
    const end = Promise.withResolvers<void>();
    old = fakeGeneration('old', { ending: end.promise });
    standby.keep(old, undefined);
    const [first, second] = [standby.dismiss(), standby.dismiss()];
    expect(await isDone(second)).toBe(false);
    end.resolve();
    await Promise.all([first, second]);
    expect(old.isClosed).toBe(true);
  });
});

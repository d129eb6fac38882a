import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { inProgress, me, settled, statusOf, UpdaterUnderTest } from './updater-under-test.ts';

let under: UpdaterUnderTest;

beforeEach(() => {
  under = new UpdaterUnderTest();
});

describe('an operation', () => {
  it('is cancelled when nothing of it is left', async () => {
    const { operation, outcome } = under.update('b');
    const cancelled = under.updater.cancel(operation.id);
    expect(operation.signal.aborted).toBe(true);
    expect((await cancelled).report).toMatchObject({
      status: 'cancelled',
      error: 'the update to local://b was cancelled',
    });
    await expect(outcome).rejects.toMatchObject({ type: 'update_in_progress' });
    expect(under.updater.running).toBeUndefined();
    expect(await under.swaps({ outcome: 'cancelled' })).toBe(1);
    // Once more changes nothing.
    expect((await under.updater.cancel(operation.id)).report.status).toBe('cancelled');
  });

  it('can not be cancelled once its model serves, nor when it has succeeded', async () => {
    const { operation, outcome } = under.update('b');
    operation.commit();
    await expect(under.updater.cancel(operation.id)).rejects.toEqual(
      inProgress(/too late to cancel the update to local:\/\/b/),
    );
    expect(operation.signal.aborted).toBe(false);
    under.last().succeed();
    await outcome;
    await expect(under.updater.cancel(operation.id)).rejects.toEqual(inProgress(/too late/));
  });

  it('has failed, and was not cancelled, when it took too long', async () => {
    const { operation, outcome } = under.update('b');
    operation.commit();
    operation.expire(new ServiceError('timeout', 'it was not ready in time'));
    await expect(outcome).rejects.toThrow('it was not ready in time');
    expect(operation.report).toMatchObject({ status: 'failed', error: 'it was not ready in time' });
  });

  it('that has failed, or was only a trial, has nothing to cancel', async () => {
    const failed = under.update('b');
    under.last().fail(new Error('broken'));
    await settled();
    expect((await under.updater.cancel(failed.operation.id)).report.status).toBe('failed');
    const trial = under.update('b', { dryRun: true });
    under.last().succeed();
    await trial.outcome;
    expect((await under.updater.cancel(trial.operation.id)).report.status).toBe('succeeded');
  });
});

describe('everything that is under way', () => {
  const reason = new ServiceError('update_in_progress', 'the model is being taken back');

  it('is given up on demand, and the next one may begin', async () => {
    const [running, waiting] = [under.update('b'), under.update('c', { wait: true })];
    await under.updater.settle(reason);
    for (const { operation, outcome } of [running, waiting]) {
      expect(operation.report.status).toBe('cancelled');
      await expect(outcome).rejects.toBe(reason);
    }
    expect(under.updater.running).toBeUndefined();
    expect(under.begun).toHaveLength(1);
    expect(statusOf(under.update('d'))).toBe('running');
  });

  it('is waited for where it is too late to give it up', async () => {
    const { operation } = under.update('b');
    operation.commit();
    const settling = under.updater.settle(reason).then(() => 'settled');
    expect(await Promise.race([settling, settled().then(() => 'not yet')])).toBe('not yet');
    under.last().succeed();
    expect(await settling).toBe('settled');
    expect(operation.report.status).toBe('succeeded');
  });

  it('is given up with what comes to wait meanwhile, so that whoever asked has the next turn', async () => {
    const { operation } = under.update('b');
    operation.commit();
    const turn = under.updater.settle(reason).then(() => under.update('d'));
    const late = under.update('c', { wait: true });
    under.last().succeed();
    expect(statusOf(await turn)).toBe('running');
    await expect(late.outcome).rejects.toBe(reason);
    expect(under.begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
  });

  it('is given up for good at the end', async () => {
    const running = under.update('b', {}, 'key');
    await under.updater.close();
    expect(statusOf(running)).toBe('cancelled');
    await expect(running.outcome).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('shutting down'),
    });
    for (const late of [
      () => under.update('b', {}, 'key'),
      () => under.update('c'),
      () => under.updater.rollback({}, me),
    ]) {
      expect(late).toThrow(expect.objectContaining({ type: 'unavailable' }));
    }
  });
});

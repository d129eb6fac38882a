import { beforeEach, describe, expect, it } from 'vitest';
import { afterSwap, initialState } from '../../../src/serving/state/history.ts';
import type { ModelEntry } from '../../../src/serving/state/serving-state.ts';
import { inProgress, me, UpdaterUnderTest } from './updater-under-test.ts';

let under: UpdaterUnderTest;

beforeEach(() => {
  under = new UpdaterUnderTest();
});

describe('a rollback', () => {
  const at = new Date(0);
  const entry = (name: string): ModelEntry => ({ model: `local://${name}`, digest: name.repeat(64) });
  const [a, b, c] = [entry('a'), { ...entry('b'), dtype: 'int8' as const }, entry('c')];

  /** That `next` serves now, as after an update. */
  const serves = (next: ModelEntry): void => {
    const { state } = under.record;
    under.record.restore(
      state === undefined
        ? initialState(next, at)
        : afterSwap(state, next, { since: at, configured: 'auto' }, 5),
      undefined,
    );
  };
  beforeEach(() => {
    for (const model of [a, b, c]) serves(model);
  });

  it('goes to the model before, in the form that it had, and nothing it is compared with stands in the way', () => {
    const { operation } = under.updater.rollback({}, me);
    expect(under.last().change).toMatchObject({
      kind: 'rollback',
      target: { reference: 'local://b', digest: b.digest, dtype: 'int8' },
      force: true,
      probation: { requests: 0 },
    });
    // It was not let through by force: nobody asked for that.
    expect(operation.report).toMatchObject({ kind: 'rollback', forced: false });
  });

  it('goes to one of the history by name or digest', () => {
    under.updater.rollback({ to: 'local://a' }, me);
    expect(under.last().change.target).toMatchObject({ reference: 'local://a', digest: a.digest });
    expect(() => under.updater.rollback({ to: 'local://a', dtype: 'fp16' }, me)).toThrow(
      expect.objectContaining({
        type: 'model_not_found',
        message: '"local://a" is not in the history as fp16',
      }),
    );
    expect(() => under.updater.rollback({ to: 'local://never' }, me)).toThrow(
      expect.objectContaining({ type: 'model_not_found' }),
    );
  });

  it('has nowhere to go while there is no model before', () => {
    under.record.restore(undefined, undefined);
    expect(() => under.updater.rollback({}, me)).toThrow(
      expect.objectContaining({ type: 'model_not_found' }),
    );
  });

  it('is done once, however often it is sent under one key', async () => {
    const mine = { ...me, idempotencyKey: 'key' };
    const first = under.updater.rollback({}, mine);
    under.last().succeed();
    await first.outcome;
    // The model before is another one now.
    serves(b);
    expect(under.updater.rollback({}, mine).operation).toBe(first.operation);
    expect(under.begun).toHaveLength(1);
    expect(() => under.updater.rollback({ to: 'local://a' }, mine)).toThrow(
      expect.objectContaining({ type: 'invalid_request' }),
    );
    // Without the key it is another wish, and leads back.
    under.updater.rollback({}, me);
    expect(under.last().change.target.reference).toBe('local://c');
  });

  it('is joined by who asks for it while a model is taken back for a reason', () => {
    const takenBack = under.updater.rollback({ badBecause: 'it failed' }, { by: 'probation' });
    expect(under.updater.rollback({}, me).operation).toBe(takenBack.operation);
    expect(under.begun).toHaveLength(1);
  });

  it('is refused while an update runs', () => {
    under.update('d');
    expect(() => under.updater.rollback({}, me)).toThrow(inProgress(/local:\/\/d is under way/));
  });
});

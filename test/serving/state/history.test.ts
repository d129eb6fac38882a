import { describe, expect, it } from 'vitest';
import {
  afterQuarantine,
  afterSwap,
  bootCandidates,
  findInHistory,
  initialState,
  referencedDigests,
  shownHistory,
} from '../../../src/serving/state/history.ts';
import type { ServingState } from '../../../src/serving/state/serving-state.ts';

const at = { since: new Date(0), configured: 'auto' } as const;
const entry = (name: string) => ({ model: `local://${name}`, digest: name.repeat(64).slice(0, 64) });

function served(...names: string[]): ServingState {
  const [first = 'a', ...rest] = names;
  return rest.reduce(
    (state, name) => afterSwap(state, entry(name), at, 3),
    initialState(entry(first), at.since),
  );
}

describe('the history', () => {
  it('remembers the model before, and lists contents once, the newest first', () => {
    const state = served('a', 'b', 'a');
    expect(state).toMatchObject({ ...entry('a'), previous: entry('b') });
    expect(state.history.map(({ model }) => model)).toEqual(['local://a', 'local://b']);
  });

  it('tells the forms of one content apart, and keeps the model before when only the form stays the same', () => {
    const int8 = { ...entry('a'), dtype: 'int8' as const };
    const state = afterSwap(served('a'), int8, at, 3);
    expect(state).toMatchObject({ ...int8, previous: entry('a') });
    expect(state.history.map(({ dtype }) => dtype)).toEqual(['int8', undefined]);
    expect(bootCandidates(state)).toEqual([int8, entry('a')]);
    const again = afterSwap(state, { ...int8, model: 'local://by-another-name' }, at, 3);
    expect(again.previous).toEqual(entry('a'));
    expect(again.history).toHaveLength(2);
  });

  it('knows nothing of what is in quarantine, which lets the oldest go when there are too many', () => {
    const bad = afterQuarantine(served('a', 'b', 'c'), entry('b'), 'slow', at);
    expect(bad).toMatchObject({ ...entry('c'), previous: null });
    expect(bootCandidates(bad)).toEqual([entry('c'), entry('a')]);
    const names = Array.from({ length: 40 }, (_, index) => String.fromCodePoint(0x100 + index));
    const many = names.reduce((state, name) => afterQuarantine(state, entry(name), 'slow', at), bad);
    expect(many.quarantined).toHaveLength(32);
    expect(many.quarantined[0]).toMatchObject(entry(names.at(-1) ?? ''));
    // Once more is no second entry.
    expect(afterQuarantine(many, entry(names.at(-1) ?? ''), 'slow', at).quarantined).toHaveLength(32);
    expect(afterQuarantine(many, entry(names.at(-1) ?? ''), 'slower', at).quarantined[0]?.reason).toBe(
      'slower',
    );
  });

  it('knows nothing of a form in quarantine, of which the content serves in another one', () => {
    const plain = afterSwap(served('x'), entry('a'), at, 5);
    const int8 = { ...entry('a'), dtype: 'int8' as const };
    const fp32 = { ...entry('a'), dtype: 'fp32' as const };
    const back = [int8, fp32, int8].reduce((state, form) => afterSwap(state, form, at, 5), plain);
    const bad = afterQuarantine(back, fp32, 'slow', at);
    expect(bad).toMatchObject({ ...int8, previous: null, quarantined: [fp32] });
    expect(bootCandidates(bad)).toEqual([int8, entry('a'), entry('x')]);
    // Each form has a quarantine of its own, until somebody lets just that form serve again.
    const worse = afterQuarantine(bad, entry('a'), 'slow', at);
    expect(worse.quarantined.map(({ dtype }) => dtype)).toEqual(['auto', 'fp32']);
    expect(afterSwap(worse, fp32, at, 5).quarantined.map(({ dtype }) => dtype)).toEqual(['auto']);
    // From another model nothing leads back to any form of it.
    const elsewhere = afterQuarantine(afterSwap(worse, entry('b'), at, 5), entry('a'), 'wrong', at);
    expect(elsewhere).toMatchObject({ previous: null, history: [entry('b'), entry('x')] });
    expect(elsewhere.quarantined).toEqual([
      { ...entry('a'), reason: 'wrong', since: at.since.toISOString() },
    ]);
  });

  it('never loses what serves to a quarantine', () => {
    const state = afterSwap(served('a'), { ...entry('b'), dtype: 'int8' }, at, 5);
    const terms = { ...at, configured: 'int8' } as const;
    // The same form by another name.
    expect(afterQuarantine(state, entry('b'), 'slow', terms)).toBe(state);
  });

  it('is bounded', () => {
    expect(served('a', 'b', 'c', 'd', 'e').history.map(({ model }) => model)).toEqual([
      'local://e',
      'local://d',
      'local://c',
    ]);
  });

  it('offers the last good model first at start, then the one before it', () => {
    expect(bootCandidates(served('a', 'b', 'c'))).toEqual([entry('c'), entry('b'), entry('a')]);
  });

  it('passes over a model whose starts keep dying', () => {
    const state = served('a', 'b', 'c');
    expect(bootCandidates({ ...state, bootAttempts: 2 })[0]).toEqual(entry('c'));
    expect(bootCandidates({ ...state, bootAttempts: 3 })[0]).toEqual(entry('b'));
    expect(bootCandidates({ ...state, bootAttempts: 6 })[0]).toEqual(entry('a'));
  });

  it('finds an entry by its reference, its digest or the start of the digest', () => {
    const { history } = served('a', 'b');
    const { digest } = entry('a');
    for (const to of ['local://a', digest, `sha256:${digest}`, digest.slice(0, 8)]) {
      expect(findInHistory(history, to, { configured: 'auto' })).toMatchObject(entry('a'));
    }
    expect(findInHistory(history, 'a', { configured: 'auto' })).toBeUndefined();
  });

  it('tells the forms of one content apart', () => {
    const plain = initialState(entry('a'), at.since);
    const state = afterSwap(plain, { ...entry('a'), dtype: 'int8' }, at, 5);
    expect(shownHistory(state, 'fp32')).toMatchObject([
      { dtype: 'int8', serves: true },
      { dtype: 'fp32', serves: false },
    ]);
    const find = (dtype?: 'int8' | 'fp32' | 'fp16') =>
      findInHistory(state.history, 'local://a', { dtype, configured: 'fp32' });
    expect(find()?.dtype).toBe('int8');
    expect(find('fp32')).toMatchObject(entry('a'));
    expect(find('fp32')?.dtype).toBeUndefined();
    expect(find('int8')?.dtype).toBe('int8');
    expect(find('fp16')).toBeUndefined();
  });

  it('keeps every content on disk that a rollback or a restart may ask for', () => {
    expect(referencedDigests(served('a', 'b'))).toEqual(new Set([entry('a').digest, entry('b').digest]));
  });
});

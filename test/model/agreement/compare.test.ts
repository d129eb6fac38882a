import { describe, expect, it } from 'vitest';
import { compareScorers, type Scorer } from '../../../src/model/agreement/compare.ts';
import type { ProbeSet } from '../../../src/model/agreement/probe-set.ts';

const set: ProbeSet = [
  { query: 'first', documents: ['a', 'b', 'c'] },
  { query: 'second', documents: ['d', 'e'] },
  { query: 'third', documents: ['f', 'g'] },
];

interface Script {
  /** Logits of every query. */
  readonly logits: readonly (readonly number[])[];
  /** Milliseconds that each query takes. */
  readonly takes: readonly number[];
}

/** Answers by a script, and writes down in which order it was asked. */
function scripted(name: string, script: Script, asked: string[]): Scorer {
  let next = 0;
  return {
    async score(query, documents) {
      const index = next++;
      asked.push(`${name}: ${query} (${documents.join('')})`);
      // Other work runs in between, as it does with a real engine.
      await Promise.resolve();
      return { logits: Float32Array.from(script.logits[index] ?? []), ms: script.takes[index] ?? 0 };
    },
  };
}

const referenceScript: Script = {
  logits: [
    [3, 2, 1],
    [1, 2],
    [1, 2],
  ],
  takes: [10, 20, 40],
};
const candidateScript: Script = {
  logits: [
    [3, 1, 2],
    [1, 2],
    [2, 1],
  ],
  takes: [5, 30, 8],
};

function setUp(changes: { reference?: Partial<Script>; candidate?: Partial<Script> } = {}) {
  const asked: string[] = [];
  return {
    asked,
    reference: scripted('reference', { ...referenceScript, ...changes.reference }, asked),
    candidate: scripted('candidate', { ...candidateScript, ...changes.candidate }, asked),
    signal: new AbortController().signal,
  };
}

describe('the comparison of two scorers', () => {
  it('says how far scores and times agree', async () => {
    const { reference, candidate, ...options } = setUp();
    const comparison = await compareScorers(reference, candidate, set, options);
    expect(comparison).toMatchObject({
      queries: 3,
      documents: 7,
      kendallTau: (1 / 3 + 1 - 1) / 3,
      top1Overlap: 2 / 3,
      worstQuery: { index: 2, kendallTau: -1, query: 'third' },
      referenceTime: { sumMs: 70, medianMs: 20 },
      candidateTime: { sumMs: 43, medianMs: 8 },
      // Of 0.5, 1.5 and 0.2.
      latencyRatio: 0.5,
    });
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });

  it('asks one after the other, and the other one first every second time', async () => {
    const { reference, candidate, asked, ...options } = setUp();
    await compareScorers(reference, candidate, set, options);
    expect(asked).toEqual([
      'reference: first (abc)',
      'candidate: first (abc)',
      'candidate: second (de)',
      'reference: second (de)',
      'reference: third (fg)',
      'candidate: third (fg)',
    ]);
  });

  it('tells how far it is', async () => {
    const { reference, candidate, ...options } = setUp();
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number): void => void progress.push([done, total]);
    await compareScorers(reference, candidate, set, { ...options, onProgress });
    expect(progress).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('hands on what to look at', async () => {
    const { reference, candidate, ...options } = setUp();
    const comparison = await compareScorers(reference, candidate, set, {
      ...options,
      topK: 3,
      threshold: 0.9,
    });
    expect(comparison).toMatchObject({ topK: 3, threshold: 0.9 });
  });

  it('takes times too short for the clock for equal ones', async () => {
    const none = { takes: [0, 0, 0] };
    const { reference, candidate, ...options } = setUp({ reference: none, candidate: none });
    expect((await compareScorers(reference, candidate, set, options)).latencyRatio).toBe(1);
    const again = setUp({ reference: none });
    expect((await compareScorers(again.reference, again.candidate, set, again)).latencyRatio).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('stops between two runs when it is told to', async () => {
    const { reference, candidate, asked } = setUp();
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('enough'));
    const options = { signal: controller.signal, onProgress };
    await expect(compareScorers(reference, candidate, set, options)).rejects.toThrow('enough');
    expect(asked).toHaveLength(2);
  });

  it('hands its signal to the scorers, and their errors on', async () => {
    const { candidate, ...options } = setUp();
    const seen: AbortSignal[] = [];
    const failing: Scorer = {
      async score(_query, _documents, signal) {
        seen.push(signal);
        throw new Error('the engine has ended');
      },
    };
    await expect(compareScorers(failing, candidate, set, options)).rejects.toThrow('the engine has ended');
    expect(seen).toEqual([options.signal]);
  });

  it('refuses an empty set, and a scorer that loses documents', async () => {
    const { reference, candidate, ...options } = setUp({ candidate: { logits: [[3, 1, 2], [1]] } });
    await expect(compareScorers(reference, candidate, [], options)).rejects.toThrow('there are no queries');
    await expect(compareScorers(reference, candidate, set, options)).rejects.toThrow(
      new RangeError('the candidate gave 1 instead of 2 scores for "second"'),
    );
  });
});

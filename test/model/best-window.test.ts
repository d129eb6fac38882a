import { describe, expect, it } from 'vitest';
import { bestOfWindows } from '../../src/model/best-window.ts';
import { limitsOn } from '../../src/model/text-limits.ts';
import { Mark } from '../../src/model/tokenizer/protocol.ts';

describe('the score of a document in windows', () => {
  const rows = (...all: readonly (readonly [logit: number, tokens: number, mark: number])[]) =>
    bestOfWindows(
      Float32Array.from(all, ([logit]) => logit),
      {
        lengths: Uint32Array.from(all, ([, tokens]) => tokens),
        marks: Uint8Array.from(all, ([, , mark]) => mark),
      },
    );

  it('is that of its best window, and its tokens are those of all', () => {
    const { sameDocument, documentCut } = Mark;
    const { logits, tokens, truncated } = rows(
      [-3, 10, 0],
      [1, 20, documentCut],
      [4, 21, documentCut | sameDocument],
      [2, 22, documentCut | sameDocument],
      [-5, 7, 0],
    );
    expect([...logits]).toEqual([-3, 4, -5]);
    expect([...tokens]).toEqual([10, 63, 7]);
    expect([...truncated]).toEqual([0, documentCut, 0]);
  });

  it('is no number when that of a window is none', () => {
    const { logits } = rows([5, 1, 0], [Number.NaN, 1, Mark.sameDocument], [6, 1, Mark.sameDocument]);
    expect([...logits]).toEqual([Number.NaN]);
  });
});

describe('limits of a request on a model', () => {
  it('are the usual ones where the model has them anyway', () => {
    const usual = { maxLength: 512, cut: undefined, strict: false };
    expect(limitsOn(512, undefined)).toEqual({ maxLength: 512 });
    expect(limitsOn(512, { pairTokens: 8192 })).toEqual(usual);
    expect(limitsOn(512, { cut: { documentTokens: 4096 } })).toEqual(usual);
  });

  it('are the narrower ones', () => {
    expect(limitsOn(512, { pairTokens: 100, cut: { documentTokens: 64 } })).toEqual({
      maxLength: 100,
      cut: { documentTokens: 64 },
      strict: false,
    });
    const windows = { max: 10, overlap: 8 };
    expect(limitsOn(512, { cut: { documentTokens: 4096, windows } }).cut).toEqual({
      documentTokens: 4096,
      windows,
    });
    expect(limitsOn(512, { cut: { keep: 'end' }, strict: true })).toMatchObject({
      cut: { keep: 'end' },
      strict: true,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowsHold, windowsOver } from '../../src/model/tokenizer/windows.ts';

const layout = fc
  .record({
    room: fc.integer({ min: 1, max: 600 }),
    max: fc.integer({ min: 1, max: 100 }),
    overlap: fc.integer({ min: 0, max: 700 }),
  })
  .chain(({ room, max, overlap }) => {
    const windows = { max, overlap };
    return fc.record({
      room: fc.constant(room),
      windows: fc.constant(windows),
      tokens: fc.integer({ min: 0, max: windowsHold(room, windows) }),
    });
  });

describe('the windows over a document', () => {
  it('hold every token, share what was asked for, fit into the room, and are no more than allowed', () => {
    fc.assert(
      fc.property(layout, ({ room, windows, tokens }) => {
        const spans = windowsOver(tokens, room, windows);
        const overlap = Math.min(windows.overlap, Math.floor(room / 2));
        expect(spans.length).toBeLessThanOrEqual(windows.max);
        expect(spans[0]?.from).toBe(0);
        expect(spans.at(-1)?.to).toBe(tokens);
        for (const [at, { from, to }] of spans.entries()) {
          expect(to - from).toBeLessThanOrEqual(room);
          if (at > 0) expect((spans[at - 1]?.to ?? Number.NaN) - from).toBe(overlap);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are as few as can be, and of the same length but for one token', () => {
    fc.assert(
      fc.property(layout, ({ room, windows, tokens }) => {
        const spans = windowsOver(tokens, room, windows);
        const lengths = spans.map(({ from, to }) => to - from);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        if (spans.length > 1) {
          expect(windowsHold(room, { ...windows, max: spans.length - 1 })).toBeLessThan(tokens);
        }
      }),
    );
  });

  it('are one for a document that fits, and for a pair without room', () => {
    expect(windowsOver(10, 10, { max: 5, overlap: 3 })).toEqual([{ from: 0, to: 10 }]);
    expect(windowsOver(0, 0, { max: 5, overlap: 3 })).toEqual([{ from: 0, to: 0 }]);
    expect(windowsHold(0, { max: 5, overlap: 3 })).toBe(0);
  });
});

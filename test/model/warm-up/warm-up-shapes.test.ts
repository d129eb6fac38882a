import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paddedWidth } from '../../../src/engine/padded-width.ts';
import {
  type ShapeBounds,
  type WarmUpShape,
  warmUpShapes,
} from '../../../src/model/warm-up/warm-up-shapes.ts';

const width = (longest: number): number => paddedWidth(longest, { device: 'cuda' });

const bounds: fc.Arbitrary<ShapeBounds> = fc.record({
  layout: fc.constantFrom('padded', 'packed'),
  batchTokens: fc.integer({ min: 1, max: 40_000 }),
  maxRows: fc.integer({ min: 1, max: 2000 }),
  maxLength: fc.integer({ min: 1, max: 8192 }),
  width: fc.constant(width),
});

const usual = { layout: 'padded', batchTokens: 16_384, maxRows: 1024, maxLength: 1024, width } as const;

describe('the shapes of a warm-up', () => {
  it('begin with the largest, and none is more than a live batch may be', () => {
    fc.assert(
      fc.property(bounds, fc.boolean(), (limits, brief) => {
        const shapes = warmUpShapes(limits, brief);
        const tokens = ({ rows, length }: WarmUpShape): number =>
          rows * (limits.layout === 'packed' ? length : limits.width(length));
        expect(shapes[0]?.length).toBe(limits.maxLength);
        for (const shape of shapes) {
          expect(shape.length).toBeLessThanOrEqual(limits.maxLength);
          expect(shape.rows).toBeGreaterThanOrEqual(1);
          expect(shape.rows).toBeLessThanOrEqual(limits.maxRows);
          expect(shape.rows === 1 || tokens(shape) <= limits.batchTokens).toBe(true);
        }
        expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(shapes.length);
        expect(shapes.length).toBeLessThan(100);
      }),
    );
  });

  it('have every width to which rows are padded', () => {
    const widths = new Set(warmUpShapes(usual, false).map(({ length }) => length));
    for (let length = 1; length <= usual.maxLength; length++) expect(widths).toContain(width(length));
  });

  it('have totals of every magnitude where nothing is padded', () => {
    const shapes = warmUpShapes({ ...usual, layout: 'packed' }, false);
    const totals = new Set(shapes.map(({ rows, length }) => rows * length));
    for (let tokens = 16; tokens <= usual.batchTokens; tokens *= 2) expect(totals).toContain(tokens);
  });

  it('are the largest and a small one while requests wait', () => {
    expect(warmUpShapes(usual, true)).toEqual([
      { rows: 16, length: 1024 },
      { rows: 1, length: 16 },
    ]);
  });
});

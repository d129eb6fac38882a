import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paddedWidth } from '../../src/engine/padded-width.ts';

const gpus = fc.constantFrom('cuda', 'webgpu' as const);
const lengths = fc.integer({ min: 1, max: 8192 });

describe('the width of padded rows', () => {
  it('is that of the longest on a CPU', () => {
    expect(paddedWidth(77, { device: 'cpu', maxLength: 512 })).toBe(77);
  });

  it('holds the longest row and is at most a quarter more, or fifteen tokens', () => {
    fc.assert(
      fc.property(gpus, lengths, (device, longest) => {
        const width = paddedWidth(longest, { device });
        expect(width).toBeGreaterThanOrEqual(longest);
        expect(width - longest).toBeLessThanOrEqual(Math.max(15, longest / 4));
      }),
    );
  });

  it('is one of few, and the same for what it was rounded to', () => {
    const widths = new Set(
      Array.from({ length: 1024 }, (_, index) => paddedWidth(index + 1, { device: 'cuda' })),
    );
    expect([...widths]).toEqual([
      16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024,
    ]);
    for (const width of widths) expect(paddedWidth(width, { device: 'cuda' })).toBe(width);
  });

  it('does not go beyond what the model takes', () => {
    expect(paddedWidth(490, { device: 'cuda', maxLength: 500 })).toBe(500);
    expect(paddedWidth(501, { device: 'cuda', maxLength: 500 })).toBe(501);
  });
});

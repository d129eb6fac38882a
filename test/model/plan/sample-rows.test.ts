import { expect, it } from 'vitest';
import { sampleRows } from '../../../src/model/plan/sample-rows.ts';

it('sample rows are all different, hold known tokens only, and keep to the length of the model', () => {
  const { lengths, ids } = sampleRows(Int32Array.of(2, 7, 7, 9, 3), 500, 100);
  const rows = new Set<string>();
  let at = 0;
  for (const length of lengths) {
    rows.add(ids.subarray(at, at + length).join());
    at += length;
  }
  expect(rows.size).toBe(lengths.length);
  expect(Math.max(...lengths)).toBe(100);
  expect(new Set(ids)).toEqual(new Set([2, 7, 9]));
});

import { expect, it } from 'vitest';
import { tidyJson } from '../../../bench/serve/report/tidy-json.ts';

it('puts short lists on one line and leaves the rest alone', () => {
  const value = {
    a: ['x', 'y'],
    b: [{ c: 1 }],
    long: Array.from({ length: 9 }, () => 'w'.repeat(20)),
    d: [],
    e: [1],
  };
  const text = tidyJson(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('\n  "a": ["x", "y"],\n');
  expect(text).toContain('\n  "e": [1]\n');
  expect(text).toContain('"long": [\n');
});

import { expect, it } from 'vitest';
import { formatBytes } from '../../../src/platform/memory/format-bytes.ts';

const MIB = 2 ** 20;

it.each([
  [0, 'less than 1 MiB'],
  [MIB - 1, 'less than 1 MiB'],
  [MIB, '1 MiB'],
  [1023.4 * MIB, '1023 MiB'],
  [1023.6 * MIB, '1.0 GiB'],
  [6.3 * 1024 * MIB, '6.3 GiB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

import { expect, it } from 'vitest';
import { parseSchedstat } from '../../../bench/journey/thread-watch.ts';

it('reads how long a thread ran and waited, from nanoseconds', () => {
  expect(parseSchedstat('1500000 2250000 17\n')).toEqual({ ranMs: 1.5, waitedMs: 2.25 });
  expect(parseSchedstat('')).toBeUndefined();
});

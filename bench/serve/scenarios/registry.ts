import { comparison } from './comparison.ts';
import { engines } from './engines.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { overload } from './overload.ts';
import type { Scenario } from './scenario.ts';
import { single } from './single.ts';
import { concurrency, documents } from './sweep.ts';

/** All there are, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  comparison('uniform', '128 tokens a pair'),
  comparison('mixed', 'log-normal lengths of 10 to 512 tokens a pair, 124 on average'),
  documents,
  concurrency,
  single,
  overload,
  idle,
  engines,
  memory,
];

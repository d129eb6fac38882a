import { requestSet } from '../../../bench/swap/request-set.ts';
import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import type { LoadRequest } from './known-answers.ts';

/** Requests in many languages with one to `most` documents each, all different. */
export function drawRequests(count: number, most: number, random: RandomBits): LoadRequest[] {
  const set = requestSet();
  return Array.from({ length: count }, (_, number) => {
    const { query, documents } = pick(set, random);
    const size = 1 + random.below(most);
    return { query, documents: Array.from({ length: size }, () => `${pick(documents, random)} [${number}]`) };
  });
}

export function pick<T>(items: readonly T[], random: RandomBits): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}

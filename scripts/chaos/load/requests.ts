import { multilingualRequests } from '../../measuring/multilingual-requests.ts';
import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import type { LoadRequest } from './known-answers.ts';

/** A request has passages about its question and others, as those of a retriever. */
const OTHER_TOPICS = 3;

/** Requests in many languages with one to `most` documents each, all different. */
export function drawRequests(count: number, most: number, random: RandomBits): LoadRequest[] {
  const set = multilingualRequests().filter(({ documents }) => documents.length > 1);
  return Array.from({ length: count }, (_, number) => {
    const topic = pick(set, random);
    const others = Array.from({ length: OTHER_TOPICS }, () => pick(set, random));
    const size = 1 + random.below(most);
    const documents = Array.from({ length: size }, (__, position) => {
      const { documents: passages } = position % 2 === 0 ? topic : pick(others, random);
      return `${pick(passages, random)} [${number}.${position}]`;
    });
    return { query: topic.query, documents };
  });
}

export function pick<T>(items: readonly T[], random: RandomBits): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}

import { describe, expect, it } from 'vitest';
import { RecentWords } from '../../../src/model/tokenizer/words/recent-words.ts';

describe('recent words', () => {
  it('are no more than allowed, and those stay that are asked for', () => {
    const words = new RecentWords<number>(100);
    words.set('kept', -1);
    for (let index = 0; index < 1000; index++) {
      words.set(`word ${index}`, index);
      expect(words.size).toBeLessThanOrEqual(100);
      if (index % 20 === 0) expect(words.get('kept')).toBe(-1);
    }
    expect(words.get('word 999')).toBe(999);
    expect(words.get('word 0')).toBeUndefined();
  });
});

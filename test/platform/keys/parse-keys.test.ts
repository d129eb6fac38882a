import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../../src/platform/keys/parse-keys.ts';

describe('a file of keys', () => {
  it('has one key a line, with an id or without', () => {
    const text = '# who searches\nsearch:s3cret\n\n  batch : b4tch=+/ \r\nbare-key\n';
    expect(parseKeys(text)).toEqual([
      { id: 'search', key: 's3cret' },
      { id: 'batch', key: 'b4tch=+/' },
      { id: 'key-3', key: 'bare-key' },
    ]);
  });

  it('may have keys with a colon, if they have an id', () => {
    expect(parseKeys('a:b:c')).toEqual([{ id: 'a', key: 'b:c' }]);
  });

  it.each([
    ['', /there is no key in it/],
    ['\n# nothing\n', /there is no key in it/],
    ['ok:1\nsearch:', /line 2: the key is empty/],
    [':hunter2', /line 1: what stands before the colon is no id/],
    ['my key', /line 1: the key is not made of printable ASCII/],
    ['a:clé', /line 1: the key is not made of/],
    ['hunt er:2', /no id/],
    [`${'i'.repeat(65)}:k`, /no id/],
    [`a:${'k'.repeat(1025)}`, /line 1: the key has 1025 characters/],
    ['a:hunter2\na:other', /the id "a" is there twice/],
    ['a:hunter2\nb:hunter2', /"a" and "b" are the same key/],
    [Array.from({ length: 1001 }, (_, n) => `hunter${n}`).join('\n'), /1001 keys; at most 1000/],
  ])('is refused when it is %j', (text, problem) => {
    expect(() => parseKeys(text)).toThrow(problem);
    expect(() => parseKeys(text)).not.toThrow(/hunter|clé/);
  });
});

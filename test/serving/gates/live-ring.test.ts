import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveRing } from '../../../src/serving/gates/live-ring.ts';

const pair = ['a', 'b'];

function bytesOf(ring: LiveRing): number {
  const texts = ring.asProbeSet().flatMap(({ query, documents }) => [query, ...documents]);
  return texts.reduce((sum, text) => sum + 2 * text.length, 0);
}

function queriesOf(ring: LiveRing): string[] {
  return ring.asProbeSet().map(({ query }) => query);
}

describe('the ring of live requests', () => {
  it('fills up at once, then takes one request in so many for the oldest', () => {
    const ring = new LiveRing(3, 4);
    const numbers = Array.from({ length: 12 }, (_, index) => String(index + 1));
    for (const query of numbers.slice(0, 3)) ring.offer(query, pair);
    expect(queriesOf(ring)).toEqual(['1', '2', '3']);
    for (const query of numbers.slice(3)) ring.offer(query, pair);
    expect(queriesOf(ring)).toEqual(['4', '8', '12']);
  });

  it('takes nothing without an order to compare, and nothing at all with a size of 0', () => {
    const ring = new LiveRing(3);
    ring.offer('one document', ['a']);
    ring.offer('', pair);
    expect(ring.asProbeSet()).toEqual([]);
    const off = new LiveRing(0);
    off.offer('q', pair);
    expect(off.asProbeSet()).toEqual([]);
  });

  it('gives what it holds at that moment', () => {
    const ring = new LiveRing(1, 1);
    ring.offer('first', pair);
    const held = ring.asProbeSet();
    ring.offer('second', pair);
    expect(held).toEqual([{ query: 'first', documents: pair }]);
  });

  it('keeps the first documents of many, and the start of long texts as whole characters', () => {
    const ring = new LiveRing(1);
    const many = Array.from({ length: 40 }, (_, index) => `document ${index}`);
    ring.offer('x'.repeat(5000), [`${'y'.repeat(4095)}👩`, ...many]);
    const [kept] = ring.asProbeSet();
    expect(kept?.query).toBe('x'.repeat(4096));
    expect(kept?.documents).toHaveLength(32);
    expect(kept?.documents[0]?.startsWith('y'.repeat(4095))).toBe(true);
    expect(kept?.documents[0]?.isWellFormed()).toBe(true);
    expect(kept?.documents.slice(1)).toEqual(many.slice(0, 31));
  });

  it('stays within 8 MiB, by leaving out the oldest', () => {
    const ring = new LiveRing(1000, 1);
    const documents = Array.from({ length: 32 }, () => 'd'.repeat(4096));
    for (let index = 0; index < 40; index++) ring.offer(`query ${index}`, documents);
    expect(bytesOf(ring)).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(bytesOf(ring)).toBeGreaterThan(7 * 2 ** 20);
    expect(queriesOf(ring).at(-1)).toBe('query 39');
  });

  it('holds to its bounds whatever is offered', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 4090, max: 9000 }).map((length) => '字'.repeat(length)),
    );
    const request = fc.tuple(text, fc.array(text, { maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(request, { maxLength: 30 }),
        (size, every, requests) => {
          const ring = new LiveRing(size, every);
          for (const [query, documents] of requests) ring.offer(query, documents);
          const held = ring.asProbeSet();
          expect(held.length).toBeLessThanOrEqual(size);
          const usable = requests.filter(([query, documents]) => query !== '' && documents.length >= 2);
          expect(held.length).toBe(Math.min(size, usable.length));
          for (const { query, documents } of held) {
            expect(documents.length).toBeGreaterThanOrEqual(2);
            expect(documents.length).toBeLessThanOrEqual(32);
            for (const { length } of [query, ...documents]) expect(length).toBeLessThanOrEqual(4096);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

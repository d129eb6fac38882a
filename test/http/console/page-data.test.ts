import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../src/http/console/static/server/event-stream.js';
import { pointOf, quantile } from '../../../src/http/console/static/server/rates.js';
import { parseDocuments, textOf } from '../../../src/http/console/static/views/playground/documents.js';
import type { Stats } from '../../../src/http/console/stats.ts';

/** Figures since the start, as the server gives them. */
function stats(seconds: number, changes: Partial<Stats> = {}): Stats {
  return {
    time: seconds * 1000,
    version: '1',
    model: null,
    second_model: null,
    engines: { ready: 2, restarts: 0 },
    requests: { answered: 0, refused: 0, rejected: 0, failed: 0, left: 0 },
    latency: { sum: 0, count: 0, bounds: [], cumulative: [] },
    queue: { requests: 3, pairs: 4, tokens: 5 },
    batches: { count: 0, pairs: 0, tokens: 0, seconds: 0 },
    cache: { hits: 0, lookups: 0 },
    memory: { server_bytes: 1, model_bytes: 2, second_bytes: 3, free_bytes: 4, gpu: null },
    operation: null,
    probation: null,
    ...changes,
  };
}

describe('what happened between two looks', () => {
  const before = stats(10, {
    requests: { answered: 100, refused: 1, rejected: 0, failed: 2, left: 0 },
    latency: { sum: 0, count: 100, bounds: [0.01, 0.1], cumulative: [100, 100] },
    batches: { count: 10, pairs: 100, tokens: 0, seconds: 5 },
    cache: { hits: 5, lookups: 10 },
  });
  const now = stats(12, {
    requests: { answered: 140, refused: 3, rejected: 0, failed: 2, left: 0 },
    latency: { sum: 0, count: 140, bounds: [0.01, 0.1], cumulative: [120, 140] },
    batches: { count: 20, pairs: 180, tokens: 0, seconds: 7 },
    cache: { hits: 8, lookups: 14 },
  });

  it('is the difference, a second', () => {
    expect(pointOf([before, now])).toEqual({
      time: 12_000,
      answered: 20,
      refused: 1,
      failed: 0,
      p50: 10,
      p99: expect.closeTo(98.2, 5),
      waiting: 3,
      queuedPairs: 4,
      busy: 0.5,
      pairsPerBatch: 8,
      cacheHits: 0.75,
      serverBytes: 1,
      modelBytes: 2,
      secondBytes: 3,
    });
  });

  it('is unknown where nothing happened, not zero', () => {
    expect(pointOf([stats(1), stats(2)])).toMatchObject({
      answered: 0,
      p50: null,
      p99: null,
      pairsPerBatch: null,
      cacheHits: null,
    });
  });

  it('takes quantiles over the last five seconds, and rates over the last step', () => {
    const second = (at: number, fast: number, slow: number) =>
      stats(at, {
        requests: { answered: fast + slow, refused: 0, rejected: 0, failed: 0, left: 0 },
        latency: { sum: 0, count: fast + slow, bounds: [0.01, 1], cumulative: [fast, fast + slow] },
      });
    const point = pointOf([second(1, 0, 0), second(2, 0, 100), second(4, 10, 100), second(7, 20, 100)]);
    expect(point).toMatchObject({ answered: 10 / 3, p50: 5 });
  });

  it('can not be told for the first look, after a restart, and while the clock stands still', () => {
    expect(pointOf([])).toBeUndefined();
    expect(pointOf([now])).toBeUndefined();
    expect(pointOf([now, before])).toBeUndefined();
    expect(pointOf([now, now])).toBeUndefined();
  });
});

describe('a quantile', () => {
  it('is straight within a bucket, and no more than the last bound', () => {
    const latency = { bounds: [0.1, 0.2], cumulative: [0, 10], count: 20 };
    expect(quantile(latency, 0.25)).toBeCloseTo(150);
    expect(quantile(latency, 0.99)).toBe(200);
  });
});

describe('the event stream of the page', () => {
  it('is read however it is cut', () => {
    const text = ': still here\n\nevent: operation\ndata: {"a":\ndata: 1}\n\nevent: end\r\ndata: "ü"\r\n\r\n';
    for (let size = 1; size <= text.length; size++) {
      const stream = new EventStream();
      const messages: string[] = [];
      for (let at = 0; at < text.length; at += size) messages.push(...stream.push(text.slice(at, at + size)));
      expect(messages).toEqual(['{"a":\n1}', '"ü"']);
    }
  });
});

describe('documents', () => {
  it('are lines, or a list in JSON', () => {
    expect(parseDocuments(' a \n\n  b\n')).toEqual(['a', 'b']);
    expect(parseDocuments(' ["a\\nb", {"text": "c", "id": 1}] ')).toEqual(['a\nb', { text: 'c', id: 1 }]);
    expect(parseDocuments('')).toEqual([]);
  });

  it('say what is wrong with a list', () => {
    expect(() => parseDocuments('["a"')).toThrow(/not JSON/);
    expect(() => parseDocuments('["a", 1]')).toThrow('document 1 is neither a string nor an object');
    expect(() => parseDocuments('[null]')).toThrow(/document 0/);
  });

  it('are shown as what is read of them', () => {
    expect(textOf('a')).toBe('a');
    expect(textOf({ text: 'b', id: 1 })).toBe('b');
    expect(textOf({ title: 'c' })).toBe('{"title":"c"}');
  });
});

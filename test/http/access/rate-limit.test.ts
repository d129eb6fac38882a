import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../../src/http/access/rate-limit.ts';
import { openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { valueOf } from '../../support/some-metrics.ts';

const key = { 'api-key': 'a' };

describe('the rate limit', () => {
  it('lets through so many requests a second for each key, and says when to come back', async () => {
    const clock = new ManualClock();
    const door = await openDoor(
      { RERANK_API_KEY: 'a', RERANK_ADMIN_KEY: 'b', RERANK_RATE_LIMIT: '2' },
      clock,
    );
    const first = await door.client.get('/info', key);
    expect(first.status).toBe(200);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '1',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      // The manual clock stands at the start of 1970.
      'x-ratelimit-reset': '1',
    });
    expect((await door.client.get('/info', key)).status).toBe(200);
    const refused = await door.client.get('/info', key);
    const error = expectError(refused, 429, 'overloaded', /the key "default" has used up its 2 requests/);
    expect(error.detail).toContain('RERANK_RATE_LIMIT');
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '1',
      'ratelimit-remaining': '0',
      'x-ratelimit-remaining': '0',
    });
    const requests = { kind: 'api', key: 'default', outcome: 'rate_limited' };
    expect(await valueOf(door.metrics, 'rerankd_key_requests_total', requests)).toBe(1);
    // Administrators and probes are not held up.
    for (let i = 0; i < 5; i += 1) {
      expect((await door.client.get('/info', { 'api-key': 'b' })).status).toBe(200);
      expect((await door.client.get('/readyz')).status).toBe(200);
    }
    clock.advance(500);
    expect((await door.client.get('/info', key)).status).toBe(200);
    expect((await door.client.get('/info', key)).status).toBe(429);
  });

  it('counts by address where there are no keys, whatever is sent for one', async () => {
    const door = await openDoor({ RERANK_RATE_LIMIT: '1' }, new ManualClock());
    expect((await door.client.get('/info', { 'api-key': 'x' })).status).toBe(200);
    const refused = await door.client.get('/info', { 'api-key': 'y' });
    expectError(refused, 429, 'overloaded', /this address has used up/);
  });

  it('is off unless asked for', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'a' }, new ManualClock());
    for (let i = 0; i < 50; i += 1) expect((await door.client.get('/info', key)).status).toBe(200);
    expect((await door.client.get('/info', key)).headers.has('ratelimit-limit')).toBe(false);
  });

  it('may be below one a second', () => {
    const clock = new ManualClock();
    const limit = new RateLimit(0.1, clock);
    expect(limit.take('a')).toMatchObject({ isAllowed: true, remaining: 0, resetSeconds: 10 });
    clock.advance(9_000);
    expect(limit.take('a')).toMatchObject({ isAllowed: false, retryAfterSeconds: expect.closeTo(1) });
    clock.advance(1_001);
    expect(limit.take('a').isAllowed).toBe(true);
    expect(limit.take('b').isAllowed).toBe(true);
  });

  it('saves up no more than one second', () => {
    const clock = new ManualClock();
    const limit = new RateLimit(3, clock);
    clock.advance(3_600_000);
    expect([1, 2, 3, 4].map(() => limit.take('a').isAllowed)).toEqual([true, true, true, false]);
    clock.advance(3_600_000);
    expect([1, 2, 3, 4].map(() => limit.take('a').isAllowed)).toEqual([true, true, true, false]);
  });

  it('remembers a bounded number of callers', () => {
    const limit = new RateLimit(1, new ManualClock());
    expect(limit.take('first').isAllowed).toBe(true);
    expect(limit.take('first').isAllowed).toBe(false);
    for (let i = 0; i < 10_000; i += 1) limit.take(`caller ${i}`);
    // It was forgotten to make room.
    expect(limit.take('first').isAllowed).toBe(true);
  });
});

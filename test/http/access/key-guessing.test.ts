import { describe, expect, it } from 'vitest';
import { GuessBrake } from '../../../src/http/access/guess-brake.ts';
import { remoteNetwork } from '../../../src/http/access/remote-address.ts';
import { type DoorUnderTest, openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { valueOf } from '../../support/some-metrics.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

let guesses = 0;

async function guess(door: DoorUnderTest, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) {
    guesses += 1;
    const spelling = i % 2 === 0 ? bearer(`guess${guesses}`) : { 'x-api-key': `guess${guesses}` };
    statuses.push((await door.client.get('/info', spelling)).status);
  }
  return statuses;
}

describe('guessing keys', () => {
  it('gets a few answers, then 429, and does not learn a right key either', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_API_KEY: 's3cret', RERANK_ADMIN_KEY: 'root' }, clock);
    const statuses = await guess(door, 200);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(180);
    for (const key of ['s3cret', 'root', 'wr0ng']) {
      const answer = await door.client.get('/info', bearer(key));
      const error = expectError(answer, 429, 'overloaded', /too many wrong keys came from this address/);
      expect(error.detail).not.toContain(key);
      expect(answer.headers.get('retry-after')).toBe('5');
    }
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(429);
    expect(door.changedBy).toEqual([]);
    // It ends by itself.
    clock.advance(5_000);
    expect((await door.client.get('/info', bearer('s3cret'))).status).toBe(200);
  });

  it('stays slow for as long as it goes on, and is logged no more than once a minute', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_API_KEY: 'right' }, clock);
    await guess(door, 30);
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(60_000);
      expect((await guess(door, 30)).filter((status) => status === 401)).toHaveLength(12);
    }
    for (let i = 0; i < 20; i += 1) {
      clock.advance(5_000);
      await guess(door, 2);
    }
    const warnings = door.log.lines.filter(({ msg }) => /has sent many wrong keys/.test(msg ?? ''));
    expect(warnings).toHaveLength(4);
    expect(await valueOf(door.metrics, 'rerankd_refused_keys_total', { reason: 'wrong' })).toBe(76);
  });

  it('is not what a program with an outdated key does, however often it comes', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root' }, new ManualClock());
    for (let i = 0; i < 100; i += 1)
      expect((await door.client.get('/info', bearer(i % 2 === 0 ? 'old' : 'older'))).status).toBe(401);
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(200);
  });

  it('does not lock out clients behind the same address whose keys were right before', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root' }, new ManualClock());
    expect((await door.client.get('/info', bearer('right'))).status).toBe(200);
    await guess(door, 30);
    expect((await door.client.get('/info', bearer('right'))).status).toBe(200);
    expect((await door.client.get('/info', bearer('root'))).status).toBe(429);
  });

  it('is not what clients without a key do, nor those who take an API key to a route for administrators', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root' }, new ManualClock());
    for (let i = 0; i < 50; i += 1) {
      expect((await door.client.get('/info')).status).toBe(401);
      expect((await door.client.get('/info', bearer(''))).status).toBe(401);
      expect((await door.client.post('/rollback', {}, bearer('right'))).status).toBe(401);
    }
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(200);
  });

  it('is not hidden by an API key beside it, and each key counts', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root' }, clock);
    let tried = 0;
    const tryTwo = async (path: 'get' | 'post') => {
      tried += 2;
      const headers = { ...bearer('right'), 'x-api-key': `a${tried}`, 'api-key': `b${tried}` };
      return path === 'get'
        ? await door.client.get('/info', headers)
        : await door.client.post('/rollback', {}, headers);
    };
    for (let i = 0; i < 5; i += 1) expect((await tryTwo('get')).status).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await tryTwo('post')).status).toBe(401);
    expect((await tryTwo('post')).status).toBe(429);
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(429);
    expect(door.log.find(/has sent many wrong keys/)).toBeDefined();
    // It is one every five seconds from then on, not one request.
    clock.advance(5_000);
    expect((await tryTwo('post')).status).toBe(401);
    clock.advance(5_000);
    expect((await tryTwo('post')).status).toBe(429);
  });

  it('beside a valid API key shows nothing by the rate limit while the brake holds', async () => {
    const settings = { RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root', RERANK_RATE_LIMIT: '1000' };
    const door = await openDoor(settings, new ManualClock());
    expect((await door.client.get('/info', bearer('right'))).status).toBe(200);
    await guess(door, 30);
    for (const key of ['root', 'wr0ng']) {
      const answer = await door.client.get('/info', { ...bearer('right'), 'x-api-key': key });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit-limit')).toBe('1000');
    }
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(429);
  });

  it('is not what programs do that send something else beside their key, however many they are', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'right', RERANK_ADMIN_KEY: 'root' }, new ManualClock());
    const junk = ['dummy', 'none', 'EMPTY', 'sk-0000', 'null', 'undefined', 'xxx', 'sk-proj-1', 'key', '-'];
    for (let i = 0; i < 20; i += 1) {
      for (const key of junk)
        expect((await door.client.get('/info', { ...bearer(key), 'x-api-key': 'right' })).status).toBe(200);
    }
    // Nor are they forgotten while somebody really guesses.
    await guess(door, 9);
    for (const key of junk) await door.client.get('/info', { ...bearer(key), 'x-api-key': 'right' });
    expect((await door.client.post('/rollback', {}, bearer('root'))).status).toBe(200);
  });

  it('does not push a key that is in use out of what is remembered', () => {
    const clock = new ManualClock();
    const brake = new GuessBrake(clock);
    brake.failed('a', 'old');
    for (let i = 0; i < 100; i += 1) {
      clock.advance(5_000);
      brake.failed('a', `guess ${i}`);
      brake.failed('a', 'old');
    }
    expect(brake.waitSeconds('a')).toBeUndefined();
    for (let i = 0; i < 18; i += 1) brake.failed('a', `more ${i}`);
    for (let i = 0; i < 10; i += 1) brake.failed('a', 'old');
    expect(brake.waitSeconds('a')).toBeUndefined();
  });

  it('is not what happens on servers without keys, where clients send junk', async () => {
    const door = await openDoor({}, new ManualClock());
    for (const junk of ['None', 'undefined', 'null', ''])
      for (let i = 0; i < 10; i += 1) expect((await door.client.get('/info', bearer(junk))).status).toBe(200);
  });

  it('from ever other addresses needs no more memory', () => {
    const brake = new GuessBrake(new ManualClock());
    for (let i = 0; i < 20; i += 1) brake.failed('first', `key ${i}`);
    expect(brake.waitSeconds('first')).toBeDefined();
    for (let i = 0; i < 10_000; i += 1) brake.failed(`address ${i}`, 'key');
    expect(brake.waitSeconds('first')).toBeUndefined();
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('is counted for %s as %s', (remoteAddress, network) => {
    expect(remoteNetwork({ socket: { remoteAddress } } as never)).toBe(network);
  });
});

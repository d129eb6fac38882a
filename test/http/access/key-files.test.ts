import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { lookOnce, lookTwice } from '../../support/reloads.ts';
import { valueOf } from '../../support/some-metrics.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('keys from files', () => {
  let directory: string;
  let file: string;
  let clock: ManualClock;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    file = join(directory, 'keys');
    clock = new ManualClock();
  });

  it('are several, and known by their ids in the log, in audit lines and in metrics', async () => {
    await writeFile(file, 'search:secret1\nbatch:secret2\n');
    const admins = join(directory, 'admins');
    await writeFile(admins, 'ops:secret3\n');
    const door = await openDoor({ RERANK_API_KEYS_FILE: file, RERANK_ADMIN_KEYS_FILE: admins });
    expect((await door.client.get('/info', bearer('secret1'))).status).toBe(200);
    expect((await door.client.get('/info', { 'x-api-key': 'secret2' })).status).toBe(200);
    expect((await door.client.get('/info', { 'api-key': 'secret3' })).status).toBe(200);
    expect((await door.client.post('/rollback', {}, bearer('secret3'))).status).toBe(200);
    expect(door.changedBy).toEqual(['admin key ops from 127.0.0.1']);
    expect(door.log.lines.filter(({ msg }) => msg === 'request').map(({ by }) => by)).toEqual([
      'key search',
      'key batch',
      'admin key ops',
      'admin key ops',
    ]);
    const requests = 'rerankd_key_requests_total';
    expect(await valueOf(door.metrics, requests, { kind: 'api', key: 'batch', outcome: 'let_in' })).toBe(1);
    expect(await valueOf(door.metrics, requests, { kind: 'admin', key: 'ops' })).toBe(2);
    expect(await valueOf(door.metrics, 'rerankd_keys', { kind: 'api' })).toBe(2);
    const all = (await door.client.get<string>('/metrics')).body + JSON.stringify(door.log.lines);
    expect(all).not.toContain('secret');
  });

  it('go with the key of the setting', async () => {
    await writeFile(file, 'search:one\n');
    const door = await openDoor({ RERANK_API_KEY: 'zero', RERANK_API_KEYS_FILE: file });
    for (const key of ['zero', 'one']) expect((await door.client.get('/info', bearer(key))).status).toBe(200);
  });

  it('hold as soon as the file changes, and those that are gone do not', async () => {
    await writeFile(file, 'search:old\n');
    const door = await openDoor({ RERANK_API_KEYS_FILE: file }, clock);
    await writeFile(file, 'search:old\nsearch2:new\n');
    await lookTwice(clock);
    expect((await door.client.get('/info', bearer('old'))).status).toBe(200);
    expect((await door.client.get('/info', bearer('new'))).status).toBe(200);
    await writeFile(file, 'search2:new\n');
    await lookTwice(clock);
    expectError(await door.client.get('/info', bearer('old')), 401, 'unauthorized', /API key/);
    expect((await door.client.get('/info', bearer('new'))).status).toBe(200);
    expect(door.log.find(/the API keys were read again/)).toBeDefined();
    expect(await valueOf(door.metrics, 'rerankd_access_reloads_total', { outcome: 'taken' })).toBe(2);
  });

  it('are found behind the links that Kubernetes swaps', async () => {
    // A mounted secret: keys -> ..data/keys, ..data -> ..2026_1; an update makes ..2026_2 and moves ..data in one step.
    const publish = async (version: string, keys: string): Promise<void> => {
      await mkdir(join(directory, version));
      await writeFile(join(directory, version, 'keys'), keys);
      await symlink(version, join(directory, '..data_tmp'));
      await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    await publish('..2026_1', 'a:old');
    await symlink('..data/keys', file);
    const door = await openDoor({ RERANK_API_KEYS_FILE: file }, clock);
    await publish('..2026_2', 'a:new');
    await rm(join(directory, '..2026_1'), { recursive: true });
    await lookTwice(clock);
    expect((await door.client.get('/info', bearer('new'))).status).toBe(200);
    expect((await door.client.get('/info', bearer('old'))).status).toBe(401);
  });

  it.each<[string, (file: string) => Promise<void>, RegExp]>([
    ['is empty', (file) => writeFile(file, ''), /there is no key in it/],
    ['is broken', (file) => writeFile(file, 'a:hunter2\na:hunter3'), /the id "a" is there twice/],
    ['is gone', (file) => rm(file), /ENOENT/],
    ['is binary', (file) => writeFile(file, Buffer.from([0xff, 0xfe])), /not UTF-8/],
    ['has grown beyond all bounds', (file) => writeFile(file, 'k'.repeat(2 ** 20 + 1)), /at most 1048576/],
  ])('stay as they were while the file %s, and the log says so once', async (_, damage, problem) => {
    await writeFile(file, 'a:good');
    const door = await openDoor({ RERANK_API_KEYS_FILE: file }, clock);
    await damage(file);
    await lookTwice(clock);
    await lookTwice(clock);
    expect((await door.client.get('/info', bearer('good'))).status).toBe(200);
    expect((await door.client.get('/info')).status).toBe(401);
    const complaints = door.log.messages.filter((message) => /the API keys can't be used/.test(message));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(problem);
    expect(complaints[0]).not.toContain('hunter');
    expect(await valueOf(door.metrics, 'rerankd_access_reloads_total', { outcome: 'refused' })).toBe(1);

    await writeFile(file, 'a:better');
    await lookTwice(clock);
    expect((await door.client.get('/info', bearer('better'))).status).toBe(200);
    expect(door.log.find(/read again, and can be used once more/)).toBeDefined();
  });

  it('are not taken from a file that is still being written', async () => {
    await writeFile(file, 'a:one\nb:two\n');
    const door = await openDoor({ RERANK_API_KEYS_FILE: file }, clock);
    // What a look in the middle of a rewrite finds; the next one finds more.
    await writeFile(file, 'a:one\n');
    await lookOnce(clock);
    await writeFile(file, 'a:one\nb:two\nc:three\n');
    await lookOnce(clock);
    expect((await door.client.get('/info', bearer('two'))).status).toBe(200);
    await lookOnce(clock);
    expect((await door.client.get('/info', bearer('three'))).status).toBe(200);
    expect(await valueOf(door.metrics, 'rerankd_access_reloads_total')).toBe(1);
  });

  it.each(['missing', 'empty'])('that are %s at the start leave the server closed', async (state) => {
    if (state === 'empty') await writeFile(file, '\n');
    for (const name of ['RERANK_API_KEYS_FILE', 'RERANK_ADMIN_KEYS_FILE']) {
      await expect(openDoor({ [name]: file })).rejects.toMatchObject({
        type: 'invalid_request',
        message: expect.stringMatching(/keys can't be used: (there is no key|.*ENOENT)/),
        detail: expect.stringContaining(file),
      });
    }
  });

  it('can not be those of the setting under another name', async () => {
    await writeFile(file, 'a:same');
    await expect(openDoor({ RERANK_API_KEY: 'same', RERANK_API_KEYS_FILE: file })).rejects.toThrow(
      /"default" and "a" are the same key/,
    );
  });

  it('for both are allowed to be the same, and the log says what that means', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'same', RERANK_ADMIN_KEY: 'same' });
    expect(door.log.find(/the admin key "default" is an API key as well/)).toBeDefined();
    expect((await door.client.post('/rollback', {}, bearer('same'))).status).toBe(200);
  });

  it('are no longer watched once the server is closed', async () => {
    await writeFile(file, 'a:one');
    const door = await openDoor({ RERANK_API_KEYS_FILE: file }, clock);
    await door.close();
    expect(clock.pending).toBe(0);
  });
});

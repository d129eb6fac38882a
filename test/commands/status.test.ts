import { describe, expect, it } from 'vitest';
import { status } from '../../src/commands/status.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { operationReport } from '../support/operation-reports.ts';
import { json, type Script, ScriptedServer } from '../support/scripted-server.ts';

const clock = { ...systemClock, date: () => new Date('2026-05-01T15:00:00Z') };

const current = {
  model: 'local://next',
  digest: 'sha256:0123456789abcdef0123',
  generation: 3,
  device: 'cpu',
  dtype: 'int8',
};
const info = {
  version: '0.1.0',
  current,
  engines: { ready: 2, processes: [11, 12] },
  operation: operationReport({
    model: 'local://third',
    phase: 'check',
    progress: { done: 12, total: 54, unit: 'queries' },
  }),
  probation: { state: 'running', requests: 120, requests_wanted: 1000, seconds_left: 200, reason: null },
  quarantined: [
    {
      model: 'local://bad',
      digest: 'sha256:bad0',
      reason: 'p99 is 3.1 times as long',
      since: '2026-04-30T09:00:00Z',
    },
  ],
  standby: { model: 'local://demo', digest: 'sha256:fedcba9876543210' },
  unsaved: 'the state directory is read-only',
};
const models = {
  history: [
    {
      model: 'local://next',
      digest: current.digest,
      since: '2026-05-01T12:00:00Z',
      dtype: 'int8',
      serves: true,
    },
    {
      model: 'local://next',
      digest: current.digest,
      since: '2026-04-15T12:00:00Z',
      dtype: 'fp32',
      serves: false,
    },
    { model: 'local://demo', digest: 'sha256:fedcba9876543210', since: '2026-04-01T12:00:00Z' },
  ],
  available: ['local://demo', 'local://next'],
};
const script: Script = {
  'GET /info': json(200, info),
  'GET /models': json(200, models),
  'GET /healthz': json(200, { status: 'healthy', model: 'local://next' }),
  'GET /readyz': json(503, { status: 'not ready', reason: 'draining' }),
};

const addressOf = (url: string) => ({ url, key: undefined, keyName: undefined, flags: '' });

async function statusOf(answers: Script, options = { json: false }): Promise<string> {
  const server = await ScriptedServer.start(answers);
  const text = await status(addressOf(server.url), options, clock);
  return text.replaceAll(server.url, 'http://server');
}

describe('rerankd status', () => {
  it('is everything on one screen', async () => {
    expect(await statusOf(script)).toMatchInlineSnapshot(`
      "server          http://server, version 0.1.0
      health          healthy
      readiness       not ready: draining

      model           local://next
      digest          sha256:0123456789ab
      runs on         cpu, int8, 2 engines ready
      generation      3
      since           2026-05-01 12:00:00 UTC, 3 h ago

      operation       update to local://third: check, 12 of 54 queries, 1.500 ms so far
                      op-1
      probation       running: 120 of 1000 requests, 3 min left
      standby         local://demo (sha256:fedcba987654)
      quarantined     local://bad (sha256:bad0) since 2026-04-30 09:00:00 UTC: p99 is 3.1 times as long
      not saved       the state directory is read-only

      history
        2026-05-01 12:00:00 UTC  sha256:0123456789ab  int8  local://next (serves)
        2026-04-15 12:00:00 UTC  sha256:0123456789ab  fp32  local://next
        2026-04-01 12:00:00 UTC  sha256:fedcba987654        local://demo
      available
        local://demo
        local://next"
    `);
  });

  it('is what the server answered, with --json', async () => {
    expect(JSON.parse(await statusOf(script, { json: true }))).toEqual({
      info,
      models,
      health: { status: 'healthy', model: 'local://next' },
      readiness: { status: 'not ready', reason: 'draining' },
    });
  });

  it('shows what there is of a server that knows less, or is still starting', async () => {
    expect(await statusOf({ 'GET /info': json(200, { model_id: 'x', quarantined: 'none' }) })).toBe(
      'server          http://server, version unknown\nhealth          unknown\nreadiness       unknown\n\n' +
        'model           none is loaded yet',
    );
    const older = { 'GET /info': json(200, { version: '0.1.0', current: { model: 'local://demo' } }) };
    expect(await statusOf(older)).toMatch(/model +local:\/\/demo\ndigest +digest unknown/);
    const without = await statusOf({ ...script, 'GET /models': json(200, [1]) });
    expect(without).not.toMatch(/history|since  /);
  });

  it('passes on no control characters', async () => {
    const evil = { ...info, unsaved: 'a\u001B]0;title\u0007b', operation: null };
    expect(await statusOf({ ...script, 'GET /info': json(200, evil) })).toMatch(/not saved +a \]0;title b/);
  });

  it.each([
    [
      json(401, { message: 'this server needs an API key' }),
      /this server needs an API key/,
      /RERANK_ADMIN_KEY/,
    ],
    [json(200, 'hello'), /something else than the state of a rerankd/, /--url/],
    [json(404, 'hello'), /answered 404 Not Found, without the words of a rerankd/, /--url/],
  ])('says what is wrong: %#', async (answer, message, detail) => {
    await expect(statusOf({ ...script, 'GET /info': answer })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      detail: expect.stringMatching(detail),
    });
  });

  it('says so when nothing listens', async () => {
    const server = await ScriptedServer.start({});
    const { url } = server;
    await server.stop();
    await expect(status(addressOf(url), { json: false }, clock)).rejects.toThrow(/nothing listens at/);
  });
});

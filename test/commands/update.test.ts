import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rollback } from '../../src/commands/rollback.ts';
import { type UpdateRequest, update } from '../../src/commands/update.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  comparison,
  failedChecks,
  onProbation,
  operationReport,
  success,
} from '../support/operation-reports.ts';
import {
  brokenEvents,
  events,
  eventText,
  hangUp,
  json,
  openEvents,
  type Script,
  ScriptedServer,
} from '../support/scripted-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { TextRecorder } from '../support/text-recorder.ts';
import { until } from '../support/until.ts';

/** Pauses are over at once, and nothing ever takes too long. */
const hastyClock: Clock = {
  now: () => 0,
  date: () => new Date(0),
  after(ms, run) {
    if (ms > 20_000) return () => {};
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  },
};

const accepted = json(202, { status: 'running', operation: operationReport() });

function terminal(clock: Clock = hastyClock) {
  const interruption = new AbortController();
  return {
    stdout: new TextRecorder(),
    stderr: new TextRecorder(),
    clock,
    interrupted: interruption.signal,
    interrupt: () => interruption.abort(),
  };
}

function addressOf(url: string, key?: string) {
  return { url, key, keyName: key === undefined ? undefined : ('RERANK_ADMIN_KEY' as const), flags: '' };
}

/** Runs `rerankd update` against a server with this script. */
async function run(script: Script, request: Partial<UpdateRequest> = {}, at = terminal()) {
  const server = await ScriptedServer.start(script);
  const whole = { reference: 'local://next', options: {}, json: false, follow: false, ...request };
  const outcome = update(addressOf(server.url, 'secret'), whole, at);
  // Looked at later; a rejection is not unhandled until then.
  outcome.catch(() => {});
  return { server, outcome, at };
}

describe('rerankd update', () => {
  it('says what it wants, follows, and prints the report', async () => {
    const { server, outcome, at } = await run(
      {
        'POST /update': accepted,
        'GET /update/op-1/events': events(operationReport({ phase: 'compile' }), success),
      },
      { options: { mode: 'beside', gates: { minKendallTau: 0.9 } } },
    );
    await outcome;
    const [posted] = server.seen;
    expect(posted?.body).toEqual({
      model_path: 'local://next',
      mode: 'beside',
      gates: { minKendallTau: 0.9 },
    });
    expect(posted?.headers).toMatchObject({
      prefer: 'respond-async',
      authorization: 'Bearer secret',
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(at.stderr.text).toBe(
      'update to local://next: operation op-1\nresolve …\ncompile …\nprobation …\n' +
        'The new model is on probation for 1000 requests or 300 s. "rerankd rollback" goes back.\n',
    );
    expect(at.stdout.text.slice(0, at.stdout.text.indexOf('\n\nreference'))).toMatchInlineSnapshot(`
      "update          local://next
      outcome         succeeded
      mode            beside: both fit: 512 MiB of 4096 MiB are needed
      lock held       0.012 ms
      requests held   3
      memory          512.0 MiB before, 530.5 MiB after
      probation       running: 0 of 1000 requests, 5 min left

      phase        time
      resolve  1.500 ms
      compile   1235 ms
      swap     0.012 ms
      in all    1236 ms

      check              time
      finite  passed  12.3 ms  32 scores are finite"
    `);
    expect(at.stdout.text).toMatch(/Kendall tau, mean +0\.9120/);
    expect(at.stdout.text).toMatch(/logit drift, largest +unknown/);
  });

  it('prints the final report alone with --json, as it came', async () => {
    const final = { ...success, of_the_future: [1] };
    const { outcome, at } = await run(
      { 'POST /update': accepted, 'GET /update/op-1/events': events(final) },
      { json: true },
    );
    await outcome;
    expect(JSON.parse(at.stdout.text)).toEqual(final);
    expect(at.stderr.text).toBe('');
  });

  it('takes the answer of a server that waited for the outcome', async () => {
    const { server, outcome } = await run({
      'POST /update': json(200, { status: 'success', operation: success }),
    });
    await outcome;
    expect(server.asked).toEqual(['POST /update']);
  });

  it('sends the absolute path of a directory, and everything else as it is', async () => {
    const directory = join(await temporaryDirectory(), 'mine');
    await mkdir(directory);
    const script = { 'POST /update': json(200, { operation: success }) };
    for (const [reference, sent] of [
      [relative('.', directory), directory],
      [directory, directory],
      ['./nowhere', './nowhere'],
      ['local://demo', 'local://demo'],
    ] as const) {
      const { server, outcome } = await run(script, { reference });
      await outcome;
      expect(server.seen[0]?.body).toEqual({ model_path: sent });
    }
  });

  it('fails with the report when the model is rejected', async () => {
    const rejected = operationReport({
      status: 'failed',
      phase: 'check',
      checks: failedChecks,
      warnings: ['the state could not be written\u001B[31m'],
      error: 'local://next ranks differently: Kendall tau is 0.912, below 0.97',
    });
    const { outcome, at } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': events(rejected),
    });
    await expect(outcome).rejects.toMatchObject({
      message: 'the update was rejected; the model that served keeps serving',
      detail: 'local://next ranks differently: Kendall tau is 0.912, below 0.97',
    });
    expect(at.stdout.text).toMatch(/agreement +FAILED +2345 ms +Kendall tau is 0\.912, below 0\.97/);
    expect(at.stdout.text).toMatch(/warnings\n- the state could not be written \[31m\n/);
  });

  it('shows the checks that an error answer brings along', async () => {
    const body = { message: 'rejected by a gate', detail: 'see the report', report: failedChecks };
    const { outcome, at } = await run({ 'POST /update': json(422, body) });
    await expect(outcome).rejects.toMatchObject({ message: 'rejected by a gate', detail: 'see the report' });
    expect(at.stdout.text).toMatch(/agreement +FAILED/);
    const { at: programs, outcome: again } = await run({ 'POST /update': json(422, body) }, { json: true });
    await expect(again).rejects.toThrow('rejected by a gate');
    expect(JSON.parse(programs.stdout.text)).toEqual(body);
  });

  it('tells in the words of the server why it does not begin', async () => {
    const { outcome } = await run({
      'POST /update': json(409, {
        message: 'an update to local://other is under way',
        detail: 'Wait for it.',
        error_type: 'update_in_progress',
      }),
    });
    await expect(outcome).rejects.toMatchObject({
      message: 'an update to local://other is under way',
      detail: 'Wait for it.',
    });
  });

  it.each([
    [undefined, /No key was sent: set RERANK_ADMIN_KEY/],
    ['RERANK_API_KEY' as const, /Only RERANK_API_KEY was sent: set RERANK_ADMIN_KEY/],
    ['RERANK_ADMIN_KEY' as const, /RERANK_ADMIN_KEY \(--admin-key\) here is not that of the server/],
  ])('names the setting when the key is wrong: %s', async (keyName, hint) => {
    const server = await ScriptedServer.start({
      'POST /update': json(401, { message: 'this route is for administrators', detail: 'Send a key.' }),
    });
    const address = { url: server.url, key: keyName && 'wrong', keyName, flags: '' };
    const request = { reference: 'x', options: {}, json: false, follow: false };
    await expect(update(address, request, terminal())).rejects.toMatchObject({
      message: 'this route is for administrators',
      detail: expect.stringMatching(hint),
    });
  });

  it('says so when nothing listens, at once', async () => {
    const server = await ScriptedServer.start({});
    const { url } = server;
    await server.stop();
    await expect(
      update(addressOf(url), { reference: 'x', options: {}, json: false, follow: false }, terminal()),
    ).rejects.toMatchObject({
      message: `nothing listens at ${url}`,
      detail: expect.stringContaining('--url'),
    });
  });

  it.each([
    [
      'HTML',
      (response) => void response.writeHead(502).end('<h1>Bad Gateway</h1>'),
      /answered 502 Bad Gateway/,
    ],
    ['a redirect', json(308, {}, { location: 'https://elsewhere/' }), /has moved/],
    ['JSON of something else', json(200, { ok: true }), /no report of an operation/],
  ] satisfies [string, Script[string], RegExp][])(
    'does not take %s for an answer',
    async (_, answer, message) => {
      const { outcome } = await run({ 'POST /update': answer });
      await expect(outcome).rejects.toThrow(message);
    },
  );

  it('asks again under the same key when the answer got lost, three times at most', async () => {
    const script = { 'GET /update/op-1/events': events(success) };
    const { server, outcome } = await run({ ...script, 'POST /update': [hangUp, accepted] });
    await outcome;
    const keys = server.seen.slice(0, 2).map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    const { server: silent, outcome: failed } = await run({ 'POST /update': hangUp });
    await expect(failed).rejects.toThrow(/connection to .* failed/);
    expect(silent.asked).toHaveLength(3);
  });

  it('opens a broken stream again', async () => {
    const { server, outcome, at } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': [
        brokenEvents(operationReport({ phase: 'compile' })),
        json(503, { message: 'one moment' }),
        events(operationReport({ phase: 'load' }), success),
      ],
    });
    await outcome;
    expect(server.asked.filter((route) => route.endsWith('/events'))).toHaveLength(3);
    expect(at.stderr.text).toMatch(/compile …\nload …\nprobation …\n/);
  });

  it('asks every second when streams keep breaking', async () => {
    const { server, outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': brokenEvents(),
      'GET /update/op-1': [json(200, operationReport({ phase: 'compile' })), hangUp, json(200, success)],
    });
    await outcome;
    expect(server.asked).toEqual([
      'POST /update',
      ...Array.from({ length: 6 }, () => 'GET /update/op-1/events'),
      ...Array.from({ length: 3 }, () => 'GET /update/op-1'),
    ]);
  });

  it('asks every second where there are no streams', async () => {
    const { server, outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1': [json(200, operationReport()), json(200, success)],
    });
    await outcome;
    expect(server.asked.filter((route) => route.endsWith('/events'))).toHaveLength(1);
  });

  it('gives up on a server that is gone or has forgotten the operation', async () => {
    const { outcome: gone, server } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': brokenEvents(),
      'GET /update/op-1': hangUp,
    });
    await expect(gone).rejects.toMatchObject({
      message: expect.stringMatching(/lost sight of operation op-1/),
      detail: expect.stringMatching(/rerankd status/),
    });
    expect(server.asked.filter((route) => route === 'GET /update/op-1')).toHaveLength(30);
    const { outcome: forgotten } = await run({ 'POST /update': accepted });
    await expect(forgotten).rejects.toMatchObject({ detail: expect.stringMatching(/Was it restarted/) });
  });

  it('forgives a server that can be reached every now and then', async () => {
    const failures = Array.from({ length: 29 }, () => hangUp);
    const { outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1': [...failures, json(200, operationReport()), ...failures, json(200, success)],
    });
    await outcome;
  });

  it('hangs up when it has seen enough', async () => {
    let isClosed = false;
    const { outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': (response) => {
        openEvents(response);
        response.on('close', () => {
          isClosed = true;
        });
        response.write(eventText('operation', success));
      },
    });
    await outcome;
    await until('the connection is closed', () => isClosed);
  });

  it('takes heartbeats for life, and silence for a break', async () => {
    /** Notes how often a patience of 45 s begins anew. */
    class WatchedClock extends ManualClock {
      restarts = 0;
      override after(ms: number, run: () => void): () => void {
        if (ms === 45_000) this.restarts++;
        return super.after(ms, run);
      }
    }
    const clock = new WatchedClock();
    let beat = (): void => {};
    const { server, outcome, at } = await run(
      {
        'POST /update': accepted,
        'GET /update/op-1/events': [
          (response) => {
            openEvents(response);
            response.write(eventText('operation', operationReport({ phase: 'compile' })));
            beat = () => void response.write(': beat\n\n');
          },
          events(success),
        ],
      },
      {},
      terminal(clock),
    );
    await until('the stream is read', () => at.stderr.text.includes('compile'));
    clock.advance(30_000);
    beat();
    await until('the heartbeat is read', () => clock.restarts === 3);
    clock.advance(30_000);
    expect(clock.pending).toBe(1);
    clock.advance(15_000);
    await until('the pause before the next attempt begins', () => clock.pending > 0);
    clock.advance(500);
    await outcome;
    expect(server.asked.filter((route) => route.endsWith('/events'))).toHaveLength(2);
  });

  it('asks the server to cancel at Ctrl-C, and waits for the outcome', async () => {
    const cancelled = operationReport({ status: 'cancelled', error: 'cancelled by the admin key' });
    const { server, outcome, at } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': openEvents,
      'DELETE /update/op-1': json(200, cancelled),
    });
    await until('the stream is open', () => server.asked.includes('GET /update/op-1/events'));
    at.interrupt();
    await expect(outcome).rejects.toMatchObject({
      message: 'the update was cancelled; the model that served keeps serving',
      detail: 'cancelled by the admin key',
    });
    expect(at.stderr.text).toMatch(/asking the server to cancel/);
    expect(at.stdout.text).toMatch(/outcome +cancelled/);
  });

  it('cancels what it was about to begin when Ctrl-C came before', async () => {
    const { server, outcome, at } = await run({
      'POST /update': (response, seen) => {
        at.interrupt();
        return accepted(response, seen);
      },
      'GET /update/op-1/events': openEvents,
      'DELETE /update/op-1': json(200, operationReport({ status: 'cancelled' })),
    });
    await expect(outcome).rejects.toThrow(/was cancelled/);
    expect(server.asked).toContain('DELETE /update/op-1');
  });

  it('goes on watching when it is too late to cancel', async () => {
    let swap = (): void => {};
    const { server, outcome, at } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': (response) => {
        openEvents(response);
        swap = () => void response.end(eventText('end', success));
      },
      'DELETE /update/op-1': json(409, { message: 'it has swapped already' }),
    });
    await until('the stream is open', () => server.asked.includes('GET /update/op-1/events'));
    at.interrupt();
    await until('the answer is told', () => at.stderr.text.includes('not cancelled: it has swapped already'));
    swap();
    await outcome;
    expect(at.stdout.text).toMatch(/outcome +succeeded/);
  });

  it.each([
    ['superseded', /was superseded by a newer one/],
    ['failed', /the update failed; the model that served keeps serving/],
  ])('fails when the update is %s', async (status, message) => {
    const { outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': events(operationReport({ status })),
    });
    await expect(outcome).rejects.toThrow(message);
  });

  it('says that a dry run has changed nothing', async () => {
    const report = operationReport({ status: 'succeeded', dry_run: true });
    const { outcome, at } = await run({ 'POST /update': json(200, { operation: report }) });
    await outcome;
    expect(at.stdout.text).toMatch(
      /update, dry run +local:\/\/next\noutcome +succeeded; nothing was swapped/,
    );
  });

  it('waits for the end of the probation with --follow only, and fails when the old model came back', async () => {
    const rolledBack = {
      ...success,
      probation: { ...onProbation, state: 'rolled_back', reason: '3 of 40 requests failed' },
    };
    const script = {
      'POST /update': accepted,
      'GET /update/op-1/events': events(success),
      'GET /update/op-1': [json(200, success), json(200, rolledBack)],
    };
    const { outcome: unwatched } = await run(script);
    await unwatched;
    const { outcome, server } = await run(script, { follow: true });
    await expect(outcome).rejects.toMatchObject({
      message: 'local://next did not stand its probation; the old model is back',
      detail: '3 of 40 requests failed',
    });
    // The stream has come to its end: another one would have no more to tell.
    expect(server.asked.filter((route) => route.endsWith('/events'))).toHaveLength(1);
  });

  it('does not wait for a probation that is a phase of the operation either', async () => {
    const { outcome } = await run({
      'POST /update': accepted,
      'GET /update/op-1/events': (response) => {
        openEvents(response);
        response.write(eventText('operation', { ...success, status: 'running', phase: 'probation' }));
      },
    });
    await outcome;
  });

  it('stops watching a probation at Ctrl-C, and cancels nothing', async () => {
    const { server, outcome, at } = await run(
      {
        'POST /update': accepted,
        'GET /update/op-1/events': (response) => {
          openEvents(response);
          response.write(eventText('operation', success));
        },
      },
      { follow: true },
    );
    await until('it is on probation', () => at.stderr.text.includes('probation'));
    at.interrupt();
    await outcome;
    expect(server.asked).not.toContain('DELETE /update/op-1');
    expect(at.stderr.text).toMatch(/"rerankd rollback" goes back/);
  });

  it('shows the rest of a report of which parts are missing or broken', async () => {
    const old = {
      id: 'op-1',
      status: 'succeeded',
      phases: [{ phase: 'load', ms: 3 }],
      checks: { passed: true, checks: [], comparison: { ...comparison, worstQuery: 7 } },
    };
    const { outcome, at } = await run({ 'POST /update': json(200, { operation: old }) });
    await outcome;
    expect(at.stdout.text).toMatch(/outcome +succeeded\n\nphase +time\nload +3\.000 ms/);
  });
});

describe('rerankd rollback', () => {
  it('goes back, to the model before or to a named one', async () => {
    for (const to of [undefined, 'local://old']) {
      const server = await ScriptedServer.start({
        'POST /rollback': json(202, { operation: operationReport({ kind: 'rollback' }) }),
        'GET /update/op-1/events': events(operationReport({ kind: 'rollback', status: 'succeeded' })),
      });
      const at = terminal();
      await rollback(addressOf(server.url), { to, json: false }, at);
      expect(server.seen[0]?.body).toEqual(to === undefined ? {} : { to });
      expect(at.stdout.text).toMatch(/^rollback +local:\/\/next\noutcome +succeeded/);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import { Scheduler } from '../../src/batching/scheduler.ts';
import { CallFailed, ChildLost } from '../../src/platform/process/child-link.ts';
import { FakeEngines, rowsOf } from '../support/fake-engines.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { signalAll } from '../support/processes.ts';
import { startService } from '../support/running-service.ts';
import { someMetrics } from '../support/some-metrics.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise(setImmediate);

function setUp() {
  const engines = new FakeEngines(1);
  const log = new LogBook();
  const { logger } = log;
  const scheduler = new Scheduler({
    engines,
    maxBatchTokens: 1024,
    clock: new ManualClock(),
    metrics: someMetrics(),
    logger,
  });
  const submit = (requestId: string, first: number, traceId?: string) => {
    const answer = scheduler.submit(rowsOf([10], first), new Flow(0, { requestId, traceId }), never);
    answer.catch(() => {});
    return answer;
  };
  return { engines, log, submit };
}

describe('a batch that fails', () => {
  it('names the requests that it carried, and those alone', async () => {
    const { engines, log, submit } = setUp();
    void submit('first', 1);
    void submit('second', 2, 'trace-2');
    void submit('third', 3);
    engines.started.shift()?.succeed();
    engines.started.shift()?.fail(new ChildLost('model-1.engine.0 ended: signal SIGSEGV', true));
    await turn();
    expect(log.lines).toMatchObject([
      {
        msg: 'a batch failed and runs again, pair by pair',
        reason: 'model-1.engine.0 ended: signal SIGSEGV',
        pairs: 2,
        requests: 2,
        requestIds: ['second', 'third'],
        trace_ids: ['trace-2'],
      },
    ]);
  });

  it('names the one over which an engine ended twice', async () => {
    const { engines, log, submit } = setUp();
    const answer = submit('culprit', 1);
    for (let time = 0; time < 2; time++) {
      engines.started.shift()?.fail(new ChildLost('killed', true));
      await turn();
    }
    await expect(answer).rejects.toThrow('twice');
    expect(log.lines.at(-1)).toMatchObject({
      msg: 'a batch failed and is given up',
      requestIds: ['culprit'],
    });
  });

  it('names the one that the model refused', async () => {
    const { engines, log, submit } = setUp();
    void submit('refused', 1);
    engines.started.shift()?.fail(new CallFailed('index out of range'));
    await turn();
    expect(log.lines).toMatchObject([{ reason: 'index out of range', requestIds: ['refused'] }]);
  });

  it('names everybody who waits for a pair that is shared', () => {
    const { engines, submit } = setUp();
    void submit('one', 7);
    void submit('other', 7);
    expect(engines.started[0]?.about?.()).toMatchObject({ requestIds: ['one', 'other'] });
  });

  it('names no more than fit into a line', () => {
    const { engines, submit } = setUp();
    for (let index = 0; index < 100; index++) void submit(`request-${index}`, 7);
    expect(engines.started[0]?.about?.()).toMatchObject({ requests: 100, requestIds: { length: 32 } });
  });
});

it('names the requests over which a real engine was killed', async () => {
  await using service = await startService({ RERANK_ENGINES: '1' });
  const { client, log } = service;
  const engines = (await client.info()).engines.processes;
  signalAll(engines, 'SIGSTOP');
  const answer = client.post('/rerank', { query: 'a', documents: ['b'] }, { 'x-request-id': 'in-flight-1' });
  await until('it is inside', async () => (await client.metric('rerankd_batch_pairs_sum')) > 0);
  signalAll(engines, 'SIGKILL');
  expect((await answer).status).toBe(200);
  const line = log.lines.find(({ msg }) => msg?.startsWith('a batch failed'));
  expect(line).toMatchObject({
    requestIds: ['in-flight-1'],
    reason: expect.stringContaining('engine.0 ended'),
  });
});

import { expect, it } from 'vitest';
import { engineEntry } from '../../../src/engine/engine.ts';
import { EngineCall } from '../../../src/engine/protocol.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { ChildLink, ChildLost } from '../../../src/platform/process/child-link.ts';
import { LogBook } from '../../support/log-book.ts';
import { untilGone } from '../../support/processes.ts';
import { testEnvironment } from '../../support/test-environment.ts';

const PATIENCE_MS = 20_000;

// A process that waits for a broken GPU inside its driver outlives SIGKILL. Time that passes in a moment looks the same from here.
it('a child that does not end when it is killed is given up after a while', async () => {
  const impatient: Clock = {
    ...systemClock,
    after(ms, run) {
      if (ms !== PATIENCE_MS) return systemClock.after(ms, run);
      run();
      return () => {};
    },
  };
  const options = {
    entry: engineEntry,
    name: 'engine',
    env: testEnvironment({}),
    clock: impatient,
    logger: new LogBook().logger,
  };
  const ready = { kind: EngineCall.ready, payload: Buffer.alloc(0), timeoutMs: 60_000 };
  const { link } = await ChildLink.launch(options, ready, new AbortController().signal);
  process.kill(link.pid ?? 0, 'SIGSTOP');
  const call = link.call(EngineCall.ready, Buffer.alloc(0), 60_000);
  const lost = expect(call).rejects.toBeInstanceOf(ChildLost);
  link.kill('CUDA failure 719: unspecified launch failure');
  const reason = await link.lost;
  expect(reason).toMatch(
    /^CUDA failure 719: unspecified launch failure; SIGKILL had no effect within 20000 ms$/,
  );
  await lost;
  await untilGone([link.pid ?? 0]);
});

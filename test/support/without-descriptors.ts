import { openSync } from 'node:fs';
import { engineEntry } from '../../src/engine/engine.ts';
import { EngineCall } from '../../src/engine/protocol.ts';
import { messageOf } from '../../src/errors.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { ChildLink } from '../../src/platform/process/child-link.ts';
import { testEnvironment } from './test-environment.ts';

/** What becomes of a child that a process starts which may open nothing more. */
export interface LostChild {
  readonly pid: number | undefined;
  /** What its first call failed with. */
  readonly call: string;
  readonly lost: string;
}

/** Opens files until the system refuses. */
function useUpDescriptors(): void {
  for (;;) {
    try {
      openSync('/dev/null', 'r');
    } catch {
      return;
    }
  }
}

// Run as a program, under a limit of open files, it prints what became of two children, of which the second is given up at once.
if (import.meta.main) {
  const options = {
    entry: engineEntry,
    name: 'engine',
    env: testEnvironment({}),
    niceness: 5,
    clock: systemClock,
    logger: createLogger({ level: 'silent', format: 'json' }),
  };
  const start = async (then: (link: ChildLink) => void): Promise<LostChild> => {
    const link = new ChildLink(options);
    const answer = link.call(EngineCall.ready, Buffer.alloc(0), 60_000);
    then(link);
    const call = await answer.then(() => 'answered', messageOf);
    return { pid: link.pid, call, lost: await link.lost };
  };
  useUpDescriptors();
  const found = [await start(() => {}), await start((link) => link.kill('nobody wants it'))];
  console.log(JSON.stringify(found));
}

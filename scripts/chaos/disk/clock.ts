import { join } from 'node:path';
import { readConfig } from '../../../src/config.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { createService } from '../../../src/service.ts';
import { Client } from '../../../test/support/client.ts';
import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import { demand, type Finding } from '../finding.ts';
import { environmentOf } from '../server/chaos-server.ts';
import { DEMO, type DiskRig, NEXT, THIRD } from './disk-rig.ts';

const DAY_MS = 86_400_000;

/** Up to so many days in either direction: beyond 1970 and beyond 2038. */
const JUMP_DAYS = 40_000;

/** A wall clock that is set anew, by years, whenever somebody looks at it. Time itself goes on as ever. */
function jumpingClock(random: RandomBits): Clock {
  return {
    ...systemClock,
    date: () => new Date(Date.now() + (random.below(2 * JUMP_DAYS) - JUMP_DAYS) * DAY_MS),
  };
}

/** The wall clock jumps while models change. The server runs in this process, its engines in their own. */
export async function clockJumps(rig: DiskRig): Promise<Finding> {
  rig.chaos.say('a clock that jumps');
  const stateDirectory = join(rig.chaos.directory, 'clock');
  const clock = jumpingClock(rig.chaos.random('clock'));
  const environment = environmentOf(stateDirectory, {
    RERANK_MODELS_DIR: join(rig.chaos.directory, 'models'),
    RERANK_MODEL: DEMO,
    RERANK_ENGINES: '1',
    LOG_LEVEL: 'silent',
  });
  const faults: string[] = [];
  // The second start reads what the first has written.
  for (const expected of [DEMO, THIRD]) {
    await using service = await createService(readConfig(environment), { clock });
    await service.ready;
    const client = new Client(`http://127.0.0.1:${service.port}`);
    const { model_id: served } = await client.info();
    if (served !== expected) faults.push(`${served} serves after the start, and not ${expected}`);
    for (const model of [NEXT, DEMO, NEXT, THIRD]) {
      if ((await client.update(model)).current_model !== model)
        faults.push(`the update to ${model} went elsewhere`);
      faults.push(...(await rig.faultsOf(client)));
    }
    const back = await client.post('/rollback', {});
    if (back.status !== 200) faults.push(`a rollback: ${JSON.stringify(back.body)}`);
    await client.update(THIRD);
  }
  return demand(
    'a wall clock that jumps by decades: models change, a restart serves the last one',
    '2 starts, 12 changes',
    faults,
  );
}

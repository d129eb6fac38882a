import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Client } from '../../../test/support/client.ts';
import { demand, type Finding, skipped } from '../finding.ts';
import { type UpdateAnswer, UpdateApi } from '../server/update-api.ts';
import { DEMO, type DiskRig, NEXT, THIRD } from './disk-rig.ts';
import { canMount, inMountsOf, withMount } from './private-mount.ts';

/** Room for the server's copies of two small models, and not for many. */
const SMALL_DISK = '16m';

const FULL =
  'a full state directory: serving goes on, an update is refused, room for it is enough afterwards';
const READ_ONLY =
  'a state directory that becomes read-only: serving goes on, an update says what it can’t keep';
const READ_ONLY_START = 'a start on a read-only state directory: the last good model serves';

/** A disk that takes nothing more. */
export async function fullAndReadOnly(rig: DiskRig): Promise<Finding[]> {
  if (!(await canMount())) {
    return [FULL, READ_ONLY, READ_ONLY_START].map((asked) => skipped(asked, 'mounting takes root on Linux'));
  }
  return [await full(rig), await becomesReadOnly(rig), await startsReadOnly(rig)];
}

async function full(rig: DiskRig): Promise<Finding> {
  rig.chaos.say('a disk that is full');
  const state = join(rig.chaos.directory, 'full');
  await mkdir(state);
  await using server = rig.launch(state, withMount(`mount -t tmpfs -o size=${SMALL_DISK} tmpfs '${state}'`));
  const client = await server.ready();
  const api = new UpdateApi(client);
  const faults: string[] = [];
  const load = rig.startLoad(client);
  const first = await api.update(NEXT, { probation: false });
  if (first.status !== 200) faults.push(`the update before: ${JSON.stringify(first.body)}`);
  // dd ends with an error when the disk is full: that is the point.
  await inMountsOf(server.pid, `dd if=/dev/zero of='${state}/ballast' bs=4k 2>/dev/null || true`);
  const refused = await api.update(THIRD, { probation: false });
  if (refused.status !== 507 || refused.body.error_type !== 'insufficient_storage') {
    faults.push(`an update with a copy to take: ${refused.status} ${JSON.stringify(refused.body)}`);
  }
  const back = await api.rollback();
  faults.push(...(await judgeUnkept(client, back, 'a rollback')));
  await load.more(30, rig.chaos.signal);
  await inMountsOf(server.pid, `rm '${state}/ballast'`);
  const after = await api.update(THIRD, { probation: false });
  if (after.status !== 200)
    faults.push(`the update when there was room again: ${JSON.stringify(after.body)}`);
  const { summary, faults: failures } = await load.finish();
  return demand(
    FULL,
    `update ${refused.status}, rollback ${back.status}, later update ${after.status}; load: ${summary}`,
    [...faults, ...failures],
  );
}

async function becomesReadOnly(rig: DiskRig): Promise<Finding> {
  rig.chaos.say('a disk that becomes read-only');
  const state = await rig.goodState('read-only');
  await using server = rig.launch(state, withMount(`mount --bind '${state}' '${state}'`));
  const client = await server.ready();
  const api = new UpdateApi(client);
  const load = rig.startLoad(client);
  await inMountsOf(server.pid, `mount -o remount,ro,bind '${state}'`);
  const third = await api.update(THIRD, { probation: false });
  const faults: string[] = [];
  if (third.status === 200) faults.push(...(await judgeUnkept(client, third, 'an update')));
  else if (!/read-only|EROFS|written|copied/i.test(`${third.body.message} ${third.body.detail}`)) {
    faults.push(`the refusal does not say why: ${JSON.stringify(third.body)}`);
  }
  const back = await api.rollback();
  faults.push(...(await judgeUnkept(client, back, 'a rollback')));
  await load.more(30, rig.chaos.signal);
  await inMountsOf(server.pid, `mount -o remount,rw,bind '${state}'`);
  const after = await api.update(THIRD, { probation: false });
  if (after.status !== 200)
    faults.push(`the update when it could be written again: ${JSON.stringify(after.body)}`);
  const { summary, faults: failures } = await load.finish();
  return demand(
    READ_ONLY,
    `update ${third.status}, rollback ${back.status}, later update ${after.status}; load: ${summary}`,
    [...faults, ...failures],
  );
}

async function startsReadOnly(rig: DiskRig): Promise<Finding> {
  rig.chaos.say('a start on a read-only disk');
  const state = await rig.goodState('read-only-start');
  const mount = `mount --bind '${state}' '${state}' && mount -o remount,ro,bind '${state}'`;
  await using server = rig.launch(state, withMount(mount));
  const client = await server.ready().catch(() => undefined);
  if (client === undefined) return demand(READ_ONLY_START, 'it did not start', [server.log.tail(4)]);
  const serves = (await client.info()).model_id;
  const faults = await rig.faultsOf(client);
  if (serves !== NEXT) faults.push(`${serves} serves, and not ${NEXT}`);
  const said = server.log.find(/read-only|EROFS|can't be written|could not be written/i);
  if (said === undefined) faults.push('the log says nothing of what can’t be kept');
  return demand(READ_ONLY_START, `${serves} serves`, faults);
}

/** What needs no new files may be done without a state file, if it is said; else it is refused, and nothing has changed. */
async function judgeUnkept(
  client: Client,
  { status, body }: Answer<UpdateAnswer>,
  what: string,
): Promise<string[]> {
  const info = await client.get<{ model_id: string; unsaved?: string | null }>('/info');
  if (!Object.hasOwn(info.body, 'unsaved')) {
    return status === 200 ? [`${what} succeeded and nobody says what could not be kept`] : [];
  }
  if (status !== 200) return [`${what}: ${status} ${JSON.stringify(body)}`];
  const faults: string[] = [];
  if ((body.operation?.warnings ?? []).length === 0) faults.push(`${what}: the operation has no warning`);
  if (typeof info.body.unsaved !== 'string')
    faults.push(`${what}: GET /info says unsaved ${info.body.unsaved}`);
  if (info.body.model_id === DEMO || info.body.model_id === THIRD) return faults;
  return [...faults, `${what}: ${info.body.model_id} serves`];
}

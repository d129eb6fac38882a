import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Client } from '../../../test/support/client.ts';
import { demand, type Finding, skipped } from '../finding.ts';
import { type UpdateAnswer, UpdateApi } from '../server/update-api.ts';
import { DEMO, type DiskRig, FOURTH, NEXT, THIRD } from './disk-rig.ts';
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
  await fill(server.pid, state);
  const refused = await api.update(FOURTH, { probation: false });
  if (refused.status !== 507 || refused.body.error_type !== 'insufficient_storage') {
    faults.push(`an update with a copy to take: ${refused.status} ${JSON.stringify(refused.body)}`);
  }
  // What the update has given up made room again.
  await fill(server.pid, state);
  const back = await api.rollback();
  faults.push(...(await judgeUnkept(server.pid, state, client, back, 'a rollback', DEMO)));
  await load.more(30, rig.chaos.signal);
  await inMountsOf(server.pid, `rm '${state}'/ballast*`);
  const after = await api.update(FOURTH, { probation: false });
  if (after.status !== 200)
    faults.push(`the update when there was room again: ${JSON.stringify(after.body)}`);
  const { summary, faults: failures } = await load.finish();
  return demand(
    FULL,
    `update ${refused.status}, rollback ${back.status}, later update ${after.status}; load: ${summary}`,
    [...faults, ...failures],
  );
}

/** Down to the last page. dd ends with an error when the disk is full: that is the point. */
async function fill(pid: number, state: string): Promise<void> {
  await inMountsOf(pid, `dd if=/dev/zero of="$(mktemp '${state}/ballastXXXXXX')" bs=4k 2>/dev/null || true`);
}

async function becomesReadOnly(rig: DiskRig): Promise<Finding> {
  rig.chaos.say('a disk that becomes read-only');
  const state = await rig.goodState('read-only');
  await using server = rig.launch(state, withMount(`mount --bind '${state}' '${state}'`));
  const client = await server.ready();
  const api = new UpdateApi(client);
  const load = rig.startLoad(client);
  await inMountsOf(server.pid, `mount -o remount,ro,bind '${state}'`);
  const fresh = await api.update(FOURTH, { probation: false });
  const faults: string[] = [];
  if (fresh.status === 200)
    faults.push(...(await judgeUnkept(server.pid, state, client, fresh, 'an update', FOURTH)));
  else if (!/read-only|EROFS|written|copied/i.test(`${fresh.body.message} ${fresh.body.detail}`)) {
    faults.push(`the refusal does not say why: ${JSON.stringify(fresh.body)}`);
  }
  const back = await api.rollback();
  faults.push(
    ...(await judgeUnkept(
      server.pid,
      state,
      client,
      back,
      'a rollback',
      fresh.status === 200 ? NEXT : THIRD,
    )),
  );
  await load.more(30, rig.chaos.signal);
  await inMountsOf(server.pid, `mount -o remount,rw,bind '${state}'`);
  const after = await api.update(FOURTH, { probation: false });
  if (after.status !== 200)
    faults.push(`the update when it could be written again: ${JSON.stringify(after.body)}`);
  const { summary, faults: failures } = await load.finish();
  return demand(
    READ_ONLY,
    `update ${fresh.status}, rollback ${back.status}, later update ${after.status}; load: ${summary}`,
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

/** What needs no new files is done, and either it is kept, or it is said that it could not be kept. */
async function judgeUnkept(
  pid: number,
  state: string,
  client: Client,
  { status, body }: Answer<UpdateAnswer>,
  what: string,
  expected: string,
): Promise<string[]> {
  if (status !== 200) return [`${what}: ${status} ${JSON.stringify(body)}`];
  const info = await client.get<{ model_id: string; unsaved?: string | null }>('/info');
  const { model_id: serves, unsaved } = info.body;
  const faults = serves === expected ? [] : [`${what}: ${serves} serves, and not ${expected}`];
  // As the server sees it, with its own mounts.
  const text = await readFile(join(`/proc/${pid}/root`, state, '.last_good_model'), 'utf8').catch(() => '{}');
  if ((JSON.parse(text) as { model?: string }).model === expected) return faults;
  if ((body.operation?.warnings ?? []).length === 0) faults.push(`${what}: the operation has no warning`);
  if (typeof unsaved !== 'string') faults.push(`${what}: GET /info says unsaved ${unsaved}`);
  return faults;
}

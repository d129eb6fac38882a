import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demand, type Finding } from '../finding.ts';
import { type DiskRig, FOURTH, NEXT, THIRD } from './disk-rig.ts';

/** A way in which `.last_good_model` can be spoilt. */
interface SpoiltState {
  readonly what: string;
  readonly spoil: (path: string) => Promise<unknown>;
  /** True where the file still says what serves: it must serve that. */
  readonly isReadable?: boolean;
}

const edit = (change: (state: Record<string, unknown>) => unknown) => async (path: string) => {
  const state = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify(change(state)));
};

const replaceWith = (make: (path: string) => Promise<unknown>) => async (path: string) => {
  await rm(path);
  await make(path);
};

const HUGE_BYTES = 3 * 2 ** 30;

const spoiltStates: readonly SpoiltState[] = [
  { what: 'garbage', spoil: (path) => writeFile(path, Buffer.from('\u0000\u0001\u0002garbage\u{1f4a5}')) },
  { what: 'empty', spoil: (path) => writeFile(path, '') },
  { what: 'truncated in the middle', spoil: (path) => truncate(path, 60) },
  { what: 'zeros, as after a loss of power', spoil: (path) => writeFile(path, Buffer.alloc(512)) },
  { what: 'JSON of another shape', spoil: (path) => writeFile(path, '[1, 2, 3]') },
  { what: 'of a version without history', spoil: edit(({ model, digest }) => ({ model, digest })) },
  {
    what: 'of a version with fields that nobody knows yet',
    spoil: edit((state) => ({ ...state, version: 99, shadows: [{ model: 'local://x' }] })),
    isReadable: true,
  },
  {
    what: 'an update cut off, as pending',
    spoil: edit((state) => ({ ...state, pending: { model: FOURTH, since: '2099-01-01T00:00:00.000Z' } })),
    isReadable: true,
  },
  { what: 'a number of starts that is none', spoil: edit((state) => ({ ...state, bootAttempts: 'many' })) },
  {
    what: 'a model that leads out of the roots',
    spoil: edit((state) => ({ ...state, model: '/etc', digest: 'f'.repeat(64) })),
  },
  {
    what: 'a digest that leads out of the store',
    spoil: edit((state) => ({ ...state, digest: '../../../../etc' })),
  },
  { what: 'a directory in its place', spoil: replaceWith((path) => mkdir(path)) },
  { what: 'a link to itself', spoil: replaceWith((path) => symlink(path, path)) },
  { what: 'three gigabytes of nothing', spoil: (path) => truncate(path, HUGE_BYTES) },
];

/** Starts a server on each of them: a good model serves, with right answers, and an update works. */
export async function stateFiles(rig: DiskRig): Promise<Finding> {
  const faults: string[] = [];
  const details: string[] = [];
  for (const [number, { what, spoil, isReadable = false }] of spoiltStates.entries()) {
    if (rig.chaos.msLeft() === 0) {
      faults.push(`only ${number} in the time there was`);
      break;
    }
    rig.chaos.say(`.last_good_model: ${what}`);
    const state = await rig.goodState(`spoilt-${number}`);
    await spoil(join(state, '.last_good_model'));
    const { served, found } = await startOn(rig, state, isReadable).catch((error: Error) => ({
      served: 'nothing',
      found: [error.message],
    }));
    details.push(`${what} → ${served}`);
    faults.push(...found.map((fault) => `${what}: ${fault}`));
    await rm(state, { recursive: true, force: true });
  }
  return demand(
    'a spoilt .last_good_model: a good model serves, it is said, and updates work',
    `${details.length} kinds: ${details.filter((line) => line.endsWith(NEXT)).length} × the last good model, ` +
      `${details.filter((line) => line.endsWith(THIRD)).length} × the one before`,
    faults,
    details,
  );
}

async function startOn(
  rig: DiskRig,
  state: string,
  isReadable: boolean,
): Promise<{ served: string; found: string[] }> {
  await using server = rig.launch(state);
  const client = await server.ready();
  const served = (await client.info()).model_id ?? '';
  const found = await rig.faultsOf(client);
  if (served !== NEXT && served !== THIRD)
    found.push(`${served} serves, and neither of the last two good ones`);
  if (isReadable && served !== NEXT) found.push(`${served} serves, and not ${NEXT}`);
  if (!isReadable && server.log.find(/last_good_model|last good model|does not load/) === undefined) {
    found.push('the log says nothing of it');
  }
  const { status, body } = await client.post('/update', { model_path: FOURTH });
  if (status !== 200) found.push(`a further update: ${status} ${JSON.stringify(body)}`);
  const text = await readFile(join(state, '.last_good_model'), 'utf8');
  if ((JSON.parse(text) as { model: string }).model !== FOURTH) found.push(`afterwards it says ${text}`);
  return { served, found };
}

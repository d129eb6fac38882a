import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../../test/support/client.ts';
import type { ChaosServer } from '../server/chaos-server.ts';
import type { Rig } from './rig.ts';
import type { Scenario } from './scenarios.ts';

/** What became of one kill. */
export interface KillReport {
  /** The step at which the server died, in words; undefined when it was through before. */
  readonly diedAt: string | undefined;
  /** What served after the next start. */
  readonly served: string;
  readonly faults: readonly string[];
}

/** Children notice by themselves that their parent is gone. */
const ORPHANS_GONE_WITHIN_MS = 5000;

/** A process that is to kill itself has done it by then, once its update has ended. */
const DIES_WITHIN_MS = 500;

/** What only an unfinished write leaves behind. */
const LEFTOVER = /(^|\/)(\.incoming-[^/]*|\.last_good_model\.(?!previous$)[^/]*)$/;

/** Steps of a scenario that write, counted in a run that nobody kills. */
export async function countWrites(rig: Rig, scenario: Scenario): Promise<number> {
  const state = await rig.stateFor(scenario);
  const { server, begin } = rig.launchMortal(state, '');
  await using _ = server;
  await play(scenario, server, begin);
  await delay(DIES_WITHIN_MS);
  return server.log.all(/^chaos-write /).length;
}

/** Kills a server at one step that writes, starts it again, and looks whether all is well. */
export async function killOnce(rig: Rig, scenario: Scenario, kill: string): Promise<KillReport> {
  const state = await rig.stateFor(scenario);
  const faults: string[] = [];
  const diedAt = await dieAt(rig, scenario, state, kill, faults);
  await checkStateFile(state, scenario, faults);
  await using server = rig.launch(state);
  const client = await server.ready();
  const served = (await client.info()).model_id ?? '';
  if (!scenario.mayServe.includes(served))
    faults.push(`${served} serves, and not one of ${scenario.mayServe.join(', ')}`);
  await checkAnswers(rig, client, faults);
  const names = await readdir(state, { recursive: true });
  faults.push(
    ...names.filter((name) => LEFTOVER.test(name)).map((name) => `${name} is left after the next start`),
  );
  const { status, body } = await client.post('/update', { model_path: scenario.further });
  if (status !== 200) faults.push(`a further update: ${status} ${JSON.stringify(body)}`);
  else await checkAnswers(rig, client, faults);
  if (faults.length === 0) await rm(state, { recursive: true, force: true });
  return { diedAt, served, faults };
}

async function dieAt(
  rig: Rig,
  scenario: Scenario,
  state: string,
  kill: string,
  faults: string[],
): Promise<string | undefined> {
  const { server, begin } = rig.launchMortal(state, kill);
  await using _ = server;
  await play(scenario, server, begin);
  await Promise.race([server.exit, delay(DIES_WITHIN_MS)]);
  const hasDied = server.ended;
  if (!hasDied) server.kill('SIGKILL');
  await server.exit;
  const orphans = await orphansOf(server);
  faults.push(...orphans.map((pid) => `process ${pid} outlived the server`));
  return hasDied
    ? `${kill} ${server.log
        .all(/^chaos-write /)
        .at(-1)
        ?.replace('chaos-write ', '')}`
    : undefined;
}

/** Resolves when the scenario is over or the server is gone. */
async function play(scenario: Scenario, server: ChaosServer, begin: () => Promise<void>): Promise<void> {
  if (scenario.trigger === undefined) {
    await begin();
    await server.ready().catch(() => {});
    return;
  }
  const client = await server.ready();
  await begin();
  // The connection breaks where the server dies.
  await scenario.trigger(client).catch(() => {});
}

async function orphansOf(server: ChaosServer): Promise<number[]> {
  const giveUpAt = performance.now() + ORPHANS_GONE_WITHIN_MS;
  for (;;) {
    const left = await server.helpers();
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await delay(20);
  }
}

/** Never half a file: either none, as before a first update, or one that names a model that may serve. */
async function checkStateFile(state: string, { mayServe }: Scenario, faults: string[]): Promise<void> {
  const text = await readFile(join(state, '.last_good_model'), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  try {
    const { model } = JSON.parse(text) as { model: string };
    if (!mayServe.includes(model)) faults.push(`.last_good_model names ${model}`);
  } catch {
    faults.push(`.last_good_model is no JSON: ${text.slice(0, 100)}`);
  }
}

async function checkAnswers(rig: Rig, client: Client, faults: string[]): Promise<void> {
  for (const [index, { query, documents }] of rig.requests.entries()) {
    const { headers, body } = await client.rerank(query, documents, { raw_scores: true });
    const fault = rig.answers.findFault(index, body.id, headers, body);
    if (fault !== undefined) faults.push(fault);
  }
}

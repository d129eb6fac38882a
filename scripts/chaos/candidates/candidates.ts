import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryCgroup, whyNoMemoryCgroup } from '../../../test/support/memory-cgroup.ts';
import { writeModelDirectory } from '../../../test/support/test-models.ts';
import type { Experiment } from '../experiment.ts';
import { demand, type Finding, skipped, unsupported } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { abilitiesOf } from '../server/abilities.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { UpdateApi } from '../server/update-api.ts';
import { allCandidates } from './all.ts';
import type { Candidate } from './candidate.ts';
import { exhaustingCandidates } from './graph-candidates.ts';
import { type Bench, type Trial, tryCandidate } from './trial.ts';
import { workingGraph } from './working-graph.ts';

const GOOD = 'local://good';

/** Plenty for the server and two small models; an engine that wants more is ended by the system. */
const MEMORY_LIMIT_BYTES = 2.5 * 2 ** 30;

/** A run that takes longer hangs: the models here take milliseconds. */
const ENGINE_TIMEOUT_MS = 4000;

const REQUESTS = 24;
const MOST_DOCUMENTS = 6;
const PAUSE_MS = 5;

export interface CandidatesPlan {
  readonly connections: number;
  /** All there are, when left out. */
  readonly candidates?: readonly Candidate[];
}

/** Offers bad models to a server under load: each is refused or rolled back for the right reason, and no answer changes. */
export function candidatesExperiment(plan: CandidatesPlan): Experiment {
  return async (chaos) => {
    const modelsDirectory = join(chaos.directory, 'models');
    const stateDirectory = join(chaos.directory, 'state');
    await writeModelDirectory(join(modelsDirectory, 'good'), workingGraph());
    const noCgroup = await whyNoMemoryCgroup();
    await using cgroup = noCgroup === undefined ? await MemoryCgroup.create(MEMORY_LIMIT_BYTES) : undefined;
    await using server = await ChaosServer.start({
      stateDirectory,
      settings: {
        RERANK_MODELS_DIR: modelsDirectory,
        RERANK_MODEL: GOOD,
        RERANK_DTYPE: 'fp32',
        RERANK_ENGINE_TIMEOUT_MS: String(ENGINE_TIMEOUT_MS),
      },
      wrapper: cgroup?.inside.bind(cgroup),
      signal: chaos.signal,
    });
    const { client } = server;
    const abilities = await abilitiesOf(client);
    const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
    const answers = new KnownAnswers();
    answers.add(await learnModel(client, requests));
    const helpersBefore = await server.helpers();

    const exhausting = plan.candidates === undefined && cgroup !== undefined ? exhaustingCandidates : [];
    const candidates = [...(plan.candidates ?? allCandidates), ...exhausting];
    const tried = candidates.filter(({ needs }) => needs === undefined || abilities.has(needs));
    const load = new SteadyLoad({
      url: client.url,
      requests,
      answers,
      connections: plan.connections,
      pauseMs: PAUSE_MS,
    });
    const api = new UpdateApi(client);
    const bench: Bench = {
      client,
      api,
      modelsDirectory,
      answers,
      load,
      requests,
      good: GOOD,
      signal: chaos.signal,
    };
    const faults: string[] = [];
    const details: string[] = [];
    let done = 0;
    try {
      for (const candidate of tried) {
        if (chaos.msLeft() === 0) break;
        chaos.say(`${++done} of ${tried.length}: ${candidate.what}`);
        const trial = await tryCandidate(bench, candidate, done).catch((error: Error) => failed(error));
        faults.push(...trial.faults.map((fault) => `${candidate.what}: ${fault}`));
        details.push(`${candidate.what} → ${trial.said}`);
        if (server.ended) throw new Error(`the server ended over: ${candidate.what}\n${server.log.tail()}`);
      }
    } finally {
      await load.finish();
    }
    if (done < tried.length) faults.push(`only ${done} of ${tried.length} in the time there was`);
    return [
      demand(
        'bad candidates are refused or rolled back, for the right reason',
        `${done} kinds, ${faults.length} faults`,
        faults,
        details,
      ),
      ...lacking(candidates, abilities),
      ...(noCgroup !== undefined
        ? [skipped('a candidate that exhausts the memory', `takes a memory cgroup: ${noCgroup}`)]
        : []),
      demand('live answers never change', load.tally.summary, load.tally.faults),
      demand('nothing of them is left', 'processes, copies, state file', [
        ...(await leftProcesses(server, helpersBefore.length)),
        ...(await leftFiles(stateDirectory)),
      ]),
    ];
  };
}

function failed(error: Error): Trial {
  return { faults: [error.message], said: 'the trial itself failed' };
}

function lacking(candidates: readonly Candidate[], abilities: ReadonlySet<string>): Finding[] {
  const missing = new Set(
    candidates.flatMap(({ needs }) => (needs === undefined || abilities.has(needs) ? [] : [needs])),
  );
  return [...missing].map((ability) => {
    const count = candidates.filter((candidate) => candidate.needs === ability).length;
    return unsupported(`${count} candidates that take ${ability}`, `this server has no ${ability}`);
  });
}

async function leftProcesses(server: ChaosServer, before: number): Promise<string[]> {
  const now = (await server.helpers()).length;
  return now <= before ? [] : [`${now} processes, ${before} before the first candidate`];
}

/** The good model is all that a restart asks for. */
async function leftFiles(stateDirectory: string): Promise<string[]> {
  const names = await readdir(stateDirectory, { recursive: true });
  const incoming = names.filter((name) => /(^|\/)\.incoming-[^/]*$/.test(name));
  const text = await readFile(join(stateDirectory, '.last_good_model'), 'utf8').catch(() => undefined);
  const pending = text === undefined ? null : (JSON.parse(text) as { pending: unknown }).pending;
  return [
    ...incoming.map((name) => `${name} is left in the state directory`),
    ...(pending === null ? [] : [`.last_good_model has pending ${JSON.stringify(pending)}`]),
  ];
}

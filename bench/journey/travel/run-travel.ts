import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OperationReport } from '../../../src/serving/operation/operation-report.ts';
import { MemoryWatch } from '../../serve/process/memory-watch.ts';
import type { RunningServer } from '../../server/start-server.ts';
import { epochMs } from '../epoch.ts';
import { FollowedOperation, type Sighting } from '../followed-operation.ts';
import { HubProcess } from '../hub/hub-process.ts';
import type { Sent } from '../hub/protocol.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { Sample } from '../load/protocol.ts';
import { writeRequests } from '../request-file.ts';
import { startWithHub } from '../start-with-hub.ts';
import type { Window } from '../window.ts';
import { askAll } from './ask-all.ts';
import { type Judgement, judgeAnswers } from './judge-answers.ts';
import { phaseWindows } from './phase-windows.ts';

export interface TravelPlan {
  readonly checkpoint: string;
  /** For the server and the requests. */
  readonly directory: string;
  /** What the server serves before. */
  readonly model: string;
  readonly requestsPerSecond: number;
  /** Length of the load before and after. */
  readonly calmSeconds: number;
  readonly dtype: string;
}

/** A model that has travelled. */
export interface TravelFindings {
  readonly report: OperationReport;
  readonly sent: Sent;
  readonly windows: ReadonlyMap<string, Window>;
  readonly samples: readonly Sample[];
  readonly unanswered: number;
  readonly judgement: Judgement;
  /** Of the server's process tree: shared pages count once. */
  readonly peakBytes: { readonly before: number; readonly during: number };
}

/** One document a request: the large model has to keep up with the load too. */
const MOST_DOCUMENTS = 1;

/** fp32 sums in another order, and int8 with its rounding. */
const TOLERANCE = { before: 1e-6, after: 1e-3 };

const ID = 'bench/large';

/** A model comes from the hub, is verified, compiled and swapped in under load. @throws the signal's reason; Error when it fails. */
export async function runTravel(
  plan: TravelPlan,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<TravelFindings> {
  const directory = join(plan.directory, 'travel');
  await mkdir(directory, { recursive: true });
  const file = await writeRequests(directory, MOST_DOCUMENTS);
  await using hub = await HubProcess.start(signal);
  say('publishing');
  const published = await hub.publish(ID, plan.checkpoint, 0);
  await using server = await startWithHub(
    { model: plan.model, hub: hub.origin, directory, maxDownloadMbps: undefined },
    signal,
  );
  const stop = AbortSignal.any([signal, server.ended]);
  const before = { ...(await askAll(server, file, stop)), tolerance: TOLERANCE.before };
  const travelled = await travel(plan, { hub, server, file: file.path, published, stop, say });
  const after = { ...(await askAll(server, file, stop)), tolerance: TOLERANCE.after };
  const { samples, swappedAt } = travelled;
  return { ...travelled, judgement: judgeAnswers(samples, { before, after }, swappedAt) };
}

interface Route {
  readonly hub: HubProcess;
  readonly server: RunningServer;
  readonly file: string;
  readonly published: { readonly commit: string; readonly weightBytes: number };
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

async function travel(plan: TravelPlan, { hub, server, file, published, stop, say }: Route) {
  using quiet = new MemoryWatch(server.pid);
  await using load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: file,
    requestsPerSecond: plan.requestsPerSecond,
    keepsAnswers: true,
  });
  const calm = async (): Promise<Window> => {
    const from = epochMs();
    await delay(plan.calmSeconds * 1000, undefined, { signal: work });
    return { from, to: epochMs() };
  };
  const work = AbortSignal.any([stop, load.ended]);
  say('load alone');
  const before = await calm();
  const peakBefore = await quiet.peakBytes();
  using memory = new MemoryWatch(server.pid);
  const counted = hub.count(({ bytes }) => bytes >= published.weightBytes, work);
  const body = { model_path: `${ID}@main`, dtype: plan.dtype };
  const operation = await FollowedOperation.begin(server.url, '/update', body, work);
  const report = await told(operation, say);
  if (report.status !== 'succeeded') throw new Error(`the update ${report.status}: ${report.error}`);
  const swappedAt = epochMs();
  say('the new model under load');
  const after = await calm();
  const peakBytes = { before: peakBefore, during: await memory.peakBytes() };
  const { samples, unanswered } = await load.stop(stop);
  const sent = await counted;
  const windows = phaseWindows(sent, operation.sightings, swappedAt, { before, after });
  return { report, sent, windows, samples, unanswered, peakBytes, swappedAt };
}

/** Says every phase as it begins. */
async function told(operation: FollowedOperation, say: (line: string) => void): Promise<OperationReport> {
  let phase = '';
  const listen = (sighting: Sighting): boolean => {
    if (sighting.phase !== phase) say(sighting.phase);
    phase = sighting.phase;
    return false;
  };
  operation.sighting(listen).catch(() => {});
  return await operation.end;
}

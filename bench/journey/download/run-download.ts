import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LoadProcess as ClosedLoad } from '../../serve/load/load-process.ts';
import type { RequestFile } from '../../serve/workload/request-file.ts';
import type { RunningServer } from '../../server/start-server.ts';
import { HubProcess } from '../hub/hub-process.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { Sample } from '../load/protocol.ts';
import { writeRequests } from '../request-file.ts';
import { startWithHub } from '../start-with-hub.ts';
import { ThreadWatch } from '../thread-watch.ts';
import type { DownloadPlan } from './download-plan.ts';
import { type Round, Rounds } from './rounds.ts';

/** A download at one speed limit, beside a steady load. */
export interface DownloadFindings {
  readonly limit: number | undefined;
  /** Requests a second that the server can do, and that it was sent. */
  readonly capacity: number;
  readonly rate: number;
  readonly rounds: readonly Round[];
  readonly samples: readonly Sample[];
  readonly unanswered: number;
  /** The server's main thread. */
  readonly thread: ThreadWatch;
}

const CONNECTIONS = 16;
const CALIBRATION_SECONDS = 4;
const WARM_UP_SECONDS = 3;
const MOST_DOCUMENTS = 32;

/** Runs all rounds on one server, under one load. Nothing is left running, however it ends. @throws the signal's reason; Error */
export async function runDownload(
  plan: DownloadPlan,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<DownloadFindings> {
  const directory = join(plan.directory, `download-${plan.limit ?? 'unlimited'}`);
  await mkdir(directory, { recursive: true });
  const requests = await writeRequests(directory, MOST_DOCUMENTS);
  await using hub = await HubProcess.start(signal);
  await using server = await startWithHub(
    { model: plan.model, hub: hub.origin, directory, maxDownloadMbps: plan.limit },
    signal,
  );
  const stop = AbortSignal.any([signal, server.ended]);
  const capacity = await measureCapacity(server, requests, stop);
  const rate = Math.max(1, Math.round(capacity * plan.share));
  say(`${Math.round(capacity)} requests/s are possible, ${rate} are sent`);
  await using load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: requests.path,
    requestsPerSecond: rate,
    keepsAnswers: false,
  });
  await delay(WARM_UP_SECONDS * 1000, undefined, { signal: stop });
  using thread = new ThreadWatch(server.pid);
  const work = AbortSignal.any([stop, load.ended]);
  const rounds = await new Rounds(plan, { hub, server, directory, signal: work, say }).run();
  const { samples, unanswered } = await load.stop(stop);
  return { limit: plan.limit, capacity, rate, rounds, samples, unanswered, thread };
}

async function measureCapacity(
  server: RunningServer,
  { path }: RequestFile,
  signal: AbortSignal,
): Promise<number> {
  await using load = new ClosedLoad({
    url: `${server.url}/rerank`,
    requestFile: path,
    headers: {},
    plan: {
      kind: 'closed',
      connections: CONNECTIONS,
      seconds: CALIBRATION_SECONDS,
      warmUpSeconds: WARM_UP_SECONDS,
    },
  });
  const { sent, seconds, failed, example } = await load.report(signal);
  if (failed > 0) throw new Error(`the server is not fit to be measured: ${example}`);
  return sent / seconds;
}

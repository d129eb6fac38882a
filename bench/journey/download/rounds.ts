import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '../../server/start-server.ts';
import { epochMs } from '../epoch.ts';
import { FollowedOperation } from '../followed-operation.ts';
import type { HubProcess } from '../hub/hub-process.ts';
import type { Sent } from '../hub/protocol.ts';
import { WEIGHTS } from '../hub/publish.ts';
import { runSink } from '../sink/run-sink.ts';
import { hubCacheOf } from '../start-with-hub.ts';
import { type TransferPart, transferWindows } from '../transfer-windows.ts';
import type { Window } from '../window.ts';
import type { DownloadPlan } from './download-plan.ts';

/** The parts of a round, in order. "sink": the hub sends the same bytes at the same speed, and the server has no part in it. */
export type SliceName = 'alone' | TransferPart | 'sink';

export interface Round {
  readonly windows: Readonly<Partial<Record<SliceName, Window>>>;
  readonly bytesPerSecond: number;
}

interface Stage {
  readonly hub: HubProcess;
  readonly server: RunningServer;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

interface Published {
  readonly id: string;
  readonly commit: string;
  readonly weightBytes: number;
}

/** Until what a slice has left in caches and queues is gone. */
const SETTLE_MS = 2000;

/** Slices in turns: machines get faster and slower by the minute, and what is compared has to lie close together. */
export class Rounds {
  readonly #plan: DownloadPlan;
  readonly #stage: Stage;

  constructor(plan: DownloadPlan, stage: Stage) {
    this.#plan = plan;
    this.#stage = stage;
  }

  async run(): Promise<Round[]> {
    const rounds: Round[] = [];
    for (let number = 1; number <= this.#plan.rounds; number++) {
      rounds.push(await this.#round(number));
    }
    return rounds;
  }

  async #round(number: number): Promise<Round> {
    const { hub, say } = this.#stage;
    const where = `round ${number} of ${this.#plan.rounds}`;
    say(`${where}: publishing`);
    const id = `bench/travels-${number}`;
    const published = { id, ...(await hub.publish(id, this.#plan.checkpoint, number)) };
    await this.#settle();
    say(`${where}: load alone`);
    const alone = await this.#alone();
    say(`${where}: download`);
    const isLast = number === this.#plan.rounds;
    const { sent, windows } = await this.#download(published, isLast);
    await rm(hubCacheOf(this.#stage.directory), { recursive: true, force: true });
    await this.#settle();
    const bytesPerSecond = (sent.bytes * 1000) / (sent.to - sent.from);
    say(`${where}: the same bytes to nowhere, at ${Math.round(bytesPerSecond / 1e6)} MB/s`);
    const sink = await this.#sink(published, sent, bytesPerSecond);
    return { windows: { alone, ...windows, sink }, bytesPerSecond };
  }

  async #alone(): Promise<Window> {
    const from = epochMs();
    await delay(this.#plan.sliceSeconds * 1000, undefined, { signal: this.#stage.signal });
    return { from, to: epochMs() };
  }

  /** A limited download would take minutes: it counts for the length of a slice. The last one goes on until all is compiled. */
  async #download({ id, commit, weightBytes }: Published, isLast: boolean) {
    const { hub, server, signal } = this.#stage;
    const { limit, sliceSeconds } = this.#plan;
    const isEnough = ({ bytes, from, to }: Sent): boolean =>
      bytes >= weightBytes || (limit !== undefined && to - from >= sliceSeconds * 1000);
    const counted = hub.count(isEnough, signal);
    const body = { model: `${id}@${commit}`, dtype: 'int8' };
    const operation = await FollowedOperation.begin(server.url, '/models', body, signal);
    const failed = operation.end.then(({ status, error }) => {
      throw new Error(`the download ended before its time: ${status}, ${error}`);
    });
    failed.catch(() => {});
    const sent = await Promise.race([counted, failed]);
    if (sent.bytes < weightBytes) await operation.cancel();
    else if (isLast) await operation.end;
    else {
      await operation.sighting(({ phase }) => phase !== 'resolve' && phase !== 'fetch');
      await operation.cancel();
    }
    return { sent, windows: transferWindows(sent, operation.sightings, epochMs()) };
  }

  async #sink({ id, weightBytes }: Published, { bytes }: Sent, bytesPerSecond: number): Promise<Window> {
    const { hub, signal } = this.#stage;
    hub.limit(bytesPerSecond);
    const enough = Math.min(bytes, weightBytes);
    const counted = hub.count((sent) => sent.bytes >= enough, signal);
    await runSink(`${hub.origin}/${id}/resolve/main/${WEIGHTS}`, enough, signal);
    const { from, to } = await counted;
    hub.limit(undefined);
    return { from, to };
  }

  async #settle(): Promise<void> {
    await delay(SETTLE_MS, undefined, { signal: this.#stage.signal });
  }
}

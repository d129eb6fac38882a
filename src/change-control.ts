import type { Config } from './config.ts';
import type { Generation } from './model/generation.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Tracing } from './platform/tracing/tracing.ts';
import { GateKeeper } from './serving/gates/gate-keeper.ts';
import { LiveRing } from './serving/gates/live-ring.ts';
import { LiveTraffic } from './serving/live/live-traffic.ts';
import type { Preparation } from './serving/preparation/preparation.ts';
import { Probation } from './serving/probation/probation.ts';
import { Standby } from './serving/probation/standby.ts';
import { Shadow } from './serving/shadow/shadow.ts';
import { ShadowCandidate } from './serving/shadow/shadow-candidate.ts';
import { drainWithin } from './serving/slot/drain.ts';
import type { ModelSlot } from './serving/slot/model-slot.ts';
import { ServingRecord } from './serving/state/serving-record.ts';
import type { StateFile } from './serving/state/state-file.ts';
import { changeModel } from './serving/update/change-model.ts';
import { Retirement } from './serving/update/retirement.ts';
import { SwapModes } from './serving/update/swap-modes.ts';
import { takeBack } from './serving/update/take-back.ts';
import { Timeline } from './serving/update/timeline.ts';
import { Updater } from './serving/update/updater.ts';

export interface ChangeControlParts {
  readonly slot: ModelSlot<Generation>;
  readonly preparation: Preparation;
  readonly keepOnly: (digests: ReadonlySet<string>) => Promise<void>;
  readonly stateFile: StateFile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined while nobody wants traces. */
  readonly tracing: Tracing | undefined;
}

/** Everything that changes the model, and watches over the change. */
export interface ChangeControl {
  readonly updater: Updater;
  readonly record: ServingRecord;
  readonly gates: GateKeeper;
  readonly live: LiveTraffic;
  readonly standby: Standby;
  readonly shadowCandidate: ShadowCandidate;
  readonly probation: Probation;
  /** Gives up what is under way, and ends the model that is kept at hand. */
  close(): Promise<void>;
}

/** A drain waits for requests, and each of those ends by its own timeout: this much longer is enough. */
const DRAIN_SLACK_MS = 5_000;

/** Where a model loads alone, its warm-up and a brief check come after the load: seconds, as a rule. */
const WINDOW_SLACK_MS = 60_000;

/** Puts the parts of a change together. */
export function openChangeControl(config: Config, parts: ChangeControlParts): ChangeControl {
  const { slot, preparation, clock, logger, metrics } = parts;
  const live = new LiveTraffic();
  const shadowCandidate = new ShadowCandidate();
  const drainTimeoutMs = config.requestTimeoutMs + DRAIN_SLACK_MS;
  const standby = new Standby((generation) => drainWithin(slot, generation, drainTimeoutMs, clock));
  const { limits, liveProbes: ringSize, goldenFile, probeFile } = config.gates;
  const liveProbes = new LiveRing(ringSize);
  if (ringSize > 0) live.observe(({ query, documents }) => liveProbes.offer(query, documents));
  const gates = new GateKeeper({ goldenFile, probeFile, liveProbes, limits, clock, logger });
  const record = new ServingRecord({
    ...parts,
    historyLength: config.historyLength,
    dtype: config.dtype,
    serving: () => {
      const identity = slot.current?.identity;
      return identity && { model: identity.reference, digest: identity.digest };
    },
  });
  let takingBack: Promise<void> | undefined;
  const onBreach = (bad: Generation, reason: string): Promise<void> => {
    takingBack = takeBack({ updater, record, logger }, bad, reason);
    return takingBack;
  };
  const probation = new Probation({
    live,
    standby,
    configured: config.probation,
    clock,
    logger,
    metrics,
    onBreach,
  });
  const changeParts = {
    ...parts,
    gates,
    record,
    standby,
    probation,
    shadow: new Shadow({ slot, live, shadowCandidate, clock }),
    modes: new SwapModes(slot, config.swapMode),
    windowTimeoutMs: config.loadTimeoutMs + WINDOW_SLACK_MS,
    retirement: new Retirement({ slot, drainTimeoutMs, clock, logger, metrics }),
  };
  const updater = new Updater({
    change: (operation, change) => changeModel(changeParts, operation, change),
    canonical: (reference) => preparation.canonical(reference),
    hasStarted: () => slot.hasServed,
    record,
    timeline: new Timeline(metrics, parts.tracing),
    clock,
    logger,
  });
  const close = async (): Promise<void> => {
    await updater.close();
    // The probation tells what is wrong with it.
    await takingBack?.catch(() => {});
    probation.end('the server is shutting down');
    await standby.dismiss();
    record.close();
  };
  return { updater, record, gates, live, standby, shadowCandidate, probation, close };
}

import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding } from '../finding.ts';
import { countWrites, type KillReport, killOnce } from './kill-once.ts';
import { Rig } from './rig.ts';
import { scenarios as allScenarios, type Scenario } from './scenarios.ts';

/** Distinct steps at which a full run has to have killed. */
const FEWEST_POINTS = 30;

/** Runs side by side: most of each is waiting for processes to start. */
const LANES = 2;

/** After a step is nearly the same as before the next one: every so many steps is enough. */
const ALSO_AFTER = 4;

export interface KillsPlan {
  /** At most so many. */
  readonly kills: number;
  /** All there are, when left out. */
  readonly scenarios?: readonly Scenario[];
}

interface Kill {
  readonly scenario: Scenario;
  readonly step: number;
  readonly when: 'before' | 'after';
}

/** Kills servers between any two steps that write: every restart serves a good model. */
export function killsExperiment({ kills, scenarios = allScenarios }: KillsPlan): Experiment {
  return async (chaos) => {
    chaos.say('learning what is right');
    const rig = await Rig.build(chaos);
    const counts = new Map<Scenario, number>();
    for (const scenario of scenarios) {
      chaos.say(`counting the steps of ${scenario.what}`);
      counts.set(scenario, await countWrites(rig, scenario));
    }
    const planned = shuffled(allKills(counts), chaos.random('order')).slice(0, kills);
    const done = await carryOut(chaos, rig, planned);
    return [
      ...scenarios.map((scenario) => summarize(scenario, counts.get(scenario) ?? 0, done)),
      enough(planned, done),
    ];
  };
}

function allKills(counts: ReadonlyMap<Scenario, number>): Kill[] {
  return [...counts].flatMap(([scenario, count]) =>
    Array.from({ length: count }, (_, index) => index + 1).flatMap((step): Kill[] => [
      { scenario, step, when: 'before' },
      ...(step % ALSO_AFTER === 0 || step === count ? [{ scenario, step, when: 'after' } as const] : []),
    ]),
  );
}

async function carryOut(
  chaos: Chaos,
  rig: Rig,
  planned: readonly Kill[],
): Promise<ReadonlyMap<Kill, KillReport>> {
  const done = new Map<Kill, KillReport>();
  const waiting = [...planned];
  const lane = async (): Promise<void> => {
    for (let kill = waiting.shift(); kill !== undefined && chaos.msLeft() > 0; kill = waiting.shift()) {
      chaos.signal.throwIfAborted();
      const { scenario, when, step } = kill;
      const report = await killOnce(rig, scenario, `${when}:${step}`).catch(broken);
      done.set(kill, report);
      chaos.say(`${done.size} of ${planned.length} kills`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return done;
}

function broken(error: Error): KillReport {
  return { diedAt: undefined, served: '', faults: [error.message] };
}

function summarize(scenario: Scenario, steps: number, done: ReadonlyMap<Kill, KillReport>): Finding {
  const reports = [...done].filter(([kill]) => kill.scenario === scenario);
  const died = reports.filter(([, { diedAt }]) => diedAt !== undefined);
  const served = scenario.mayServe.map(
    (model) => `${reports.filter(([, report]) => report.served === model).length} × ${model}`,
  );
  const faults = reports.flatMap(([{ when, step }, report]) =>
    report.faults.map((fault) => `${report.diedAt ?? `${when} step ${step}, not reached`}: ${fault}`),
  );
  const details = died.map(([, { diedAt, served: model }]) => `${diedAt} → ${model}`);
  return demand(
    `${scenario.what}: a good model after every kill`,
    `killed ${died.length} times at ${distinct(died)} of ${steps} steps; then served ${served.join(', ')}`,
    faults,
    details,
  );
}

function enough(planned: readonly Kill[], done: ReadonlyMap<Kill, KillReport>): Finding {
  const died = [...done].filter(([, { diedAt }]) => diedAt !== undefined);
  const wanted = Math.min(FEWEST_POINTS, planned.length);
  const points = allScenarios.reduce(
    (sum, scenario) => sum + distinct(died.filter(([kill]) => kill.scenario === scenario)),
    0,
  );
  const asked = `at ${wanted} distinct steps or more`;
  return demand(asked, `${points} steps, ${died.length} kills`, points >= wanted ? [] : [`only ${points}`]);
}

function distinct(kills: readonly (readonly [Kill, KillReport])[]): number {
  return new Set(kills.map(([{ step }]) => step)).size;
}

function shuffled<T>(items: readonly T[], random: RandomBits): T[] {
  return items
    .map((item) => ({ item, rank: random.below(65_536) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

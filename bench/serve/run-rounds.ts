import type { Contender, ContenderName } from './contenders/contender.ts';
import type { RerankdContender } from './contenders/rerankd.ts';
import type { Observation } from './figures.ts';
import type { Outcome, Scenario, ScenarioContext } from './scenarios/scenario.ts';

/** Scores of a fixed request, by contender. */
type ScoresByContender = ReadonlyMap<ContenderName, readonly number[]>;

export interface Findings {
  readonly observations: readonly Observation[];
  /** By scenario. */
  readonly scores: ReadonlyMap<string, ScoresByContender>;
}

export interface RoundsRequest {
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly context: Omit<ScenarioContext, 'say'>;
  readonly say: (line: string) => void;
}

/** Every scenario: in each round every contender has its turn, and each round another one begins. */
export async function runRounds(request: RoundsRequest): Promise<Findings> {
  const { rounds, context, say } = request;
  const observations: Observation[] = [];
  const scores = new Map<string, Map<ContenderName, readonly number[]>>();
  for (const scenario of request.scenarios) {
    const turns = turnsOf(scenario, request.contenders);
    for (let round = 1; round <= rounds; round++) {
      for (const { name, run } of rotate(turns, round - 1)) {
        const where = `${scenario.name}, round ${round} of ${rounds}, ${name}`;
        say(where);
        const outcomes = await outcomesOf(run, { ...context, say: (line) => say(`${where}: ${line}`) });
        for (const { scores: found, ...outcome } of outcomes) {
          observations.push({ ...outcome, scenario: scenario.name, contender: name, round });
          if (outcome.fault !== undefined) say(`${where}: ${outcome.fault}`);
          if (found !== undefined) rememberScores(scores, scenario.name, name, found);
        }
      }
    }
  }
  return { observations, scores };
}

/** A contender that fails loses its turn; what the others did is not lost over it. @throws the signal's reason. */
async function outcomesOf(run: Turn['run'], context: ScenarioContext): Promise<Outcome[]> {
  try {
    return await run(context);
  } catch (error) {
    context.signal.throwIfAborted();
    return [{ variant: '', figures: {}, fault: (error as Error).message }];
  }
}

interface Turn {
  readonly name: ContenderName;
  readonly run: (context: ScenarioContext) => Promise<Outcome[]>;
}

function turnsOf(scenario: Scenario, contenders: readonly Contender[]): Turn[] {
  if (scenario.for === 'everybody') {
    return contenders.map((contender) => ({
      name: contender.name,
      run: (context) => scenario.run(contender, context),
    }));
  }
  return contenders.filter(isRerankd).map((contender) => ({
    name: contender.name,
    run: (context) => scenario.run(contender, context),
  }));
}

function isRerankd(contender: Contender): contender is RerankdContender {
  return 'setup' in contender;
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function rememberScores(
  scores: Map<string, Map<ContenderName, readonly number[]>>,
  scenario: string,
  contender: ContenderName,
  found: readonly number[],
): void {
  const known = scores.get(scenario) ?? new Map<ContenderName, readonly number[]>();
  scores.set(scenario, known.set(contender, found));
}

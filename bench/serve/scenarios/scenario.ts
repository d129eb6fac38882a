import type { Contender } from '../contenders/contender.ts';
import type { RerankdContender } from '../contenders/rerankd.ts';
import type { Figures } from '../figures.ts';
import type { Workload } from '../workload/workload.ts';

/** What a scenario needs beside its contender. */
export interface ScenarioContext {
  readonly workload: Workload;
  /** Length of each measurement. */
  readonly seconds: number;
  /** Documents of the largest request. */
  readonly mostDocuments: number;
  /** Gives up whatever is under way. */
  readonly signal: AbortSignal;
  /** Tells the person who waits what goes on. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly variant: string;
  readonly figures: Figures;
  readonly fault?: string;
  /** Scores of a fixed request, to see that all contenders compute the same. */
  readonly scores?: readonly number[];
}

interface ScenarioBase<C extends Contender> {
  readonly name: string;
  /** One line for --help. */
  readonly about: string;
  /** Measures one round of one contender. Nothing is left running, however it ends. */
  run(contender: C, context: ScenarioContext): Promise<Outcome[]>;
}

/** For everybody, or only for rerankd: for what a plain server has no counterpart to, or would take hours over. */
export type Scenario =
  | (ScenarioBase<Contender> & { readonly for: 'everybody' })
  | (ScenarioBase<RerankdContender> & { readonly for: 'rerankd' });

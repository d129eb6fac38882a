import type { Clock } from '../../platform/clock.ts';
import type { Environment } from '../../platform/environment.ts';
import { checks } from './checks.ts';
import { examine, worstOf } from './examine.ts';
import { examinationJson, formatExamination } from './format-examination.ts';
import { thisMachine } from './machine.ts';
import { usableConfig } from './usable-config.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly isColored: boolean;
}

/**
 * `rerankd doctor`: looks at everything that a server needs on this machine, and changes nothing.
 * @returns what to print, and 1 for an exit code where there is a problem.
 */
export async function doctor(
  env: Environment,
  { json, isColored }: DoctorOptions,
  clock: Clock,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const { config, wrong } = usableConfig(env);
  const found = await examine(checks, { config, env, wrongSettings: wrong, machine: thisMachine }, clock);
  return {
    text: json ? examinationJson(found) : formatExamination(found, isColored),
    exitCode: worstOf(found) === 'problem' ? 1 : 0,
  };
}

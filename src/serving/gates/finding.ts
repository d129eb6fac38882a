import type { Clock } from '../../platform/clock.ts';
import type { GateCheck, GateName } from '../operation/gate-report.ts';

/** What a gate found. A failure's message can follow "the model loads, but". */
export type Finding = Pick<GateCheck, 'passed' | 'message'>;

/** @param message a sentence without a full stop, as is that of a failure */
export function passed(message: string): Finding {
  return { passed: true, message };
}

export function failed(message: string): Finding {
  return { passed: false, message };
}

/** Looks, and takes the time of it. */
export async function timed(
  name: GateName,
  clock: Clock,
  look: () => Finding | Promise<Finding>,
): Promise<GateCheck> {
  const startedAt = clock.now();
  const finding = await look();
  return { name, ...finding, ms: clock.now() - startedAt };
}

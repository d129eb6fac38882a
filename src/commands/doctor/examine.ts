import { messageOf } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Check, type Finding, type Patient, problem, type Status, statuses } from './check.ts';

/** What a check has found. */
export interface Examined extends Finding {
  /** The check. */
  readonly name: string;
}

const TIMEOUT_MS = 10_000;

/** Runs all checks at once, each within its time. @returns what they found, in their order */
export async function examine(
  checks: readonly Check[],
  patient: Omit<Patient, 'signal'>,
  clock: Clock,
): Promise<readonly Examined[]> {
  const found = await Promise.all(checks.map((check) => lookWithin(check, patient, clock)));
  return found.flat();
}

/** The worst of all. */
export function worstOf(findings: readonly Finding[]): Status {
  const places = findings.map(({ status }) => statuses.indexOf(status));
  return statuses[Math.max(0, ...places)] ?? 'ok';
}

async function lookWithin(
  check: Check,
  patient: Omit<Patient, 'signal'>,
  clock: Clock,
): Promise<readonly Examined[]> {
  const { name, timeoutMs = TIMEOUT_MS } = check;
  const late = new AbortController();
  const tooLate = Promise.withResolvers<readonly Finding[]>();
  const cancel = clock.after(timeoutMs, () => {
    late.abort();
    tooLate.resolve([
      problem(`no result after ${timeoutMs / 1000} s`, 'Something hangs: a disk, a driver or a name server.'),
    ]);
  });
  try {
    const looking = check.look({ ...patient, signal: late.signal });
    const findings = await Promise.race([looking, tooLate.promise]);
    // It may fail after its time, and nobody would hear of it.
    looking.catch(() => {});
    return findings.map((finding) => ({ name, ...finding }));
  } catch (error) {
    return [
      { name, ...problem(`could not be looked at: ${messageOf(error)}`, 'The message says what failed.') },
    ];
  } finally {
    cancel();
  }
}

import type { Config } from '../../config.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Machine } from './machine.ts';

/** From the best to the worst. */
export const statuses = ['ok', 'warning', 'problem'] as const;

export type Status = (typeof statuses)[number];

/** One thing that was looked at. */
export interface Finding {
  /** Where one check looks at several things; otherwise it has the name of the check. */
  readonly name?: string;
  readonly status: Status;
  /** What is so, or what is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string;
  /** What else was found there, a line each, for whoever wants to know more. */
  readonly details?: readonly string[];
}

/** What a check looks at. */
export interface Patient {
  /** The settings that can be used. */
  readonly config: Config;
  readonly env: Environment;
  /** One message for each setting that can't be used. */
  readonly wrongSettings: readonly string[];
  readonly machine: Machine;
  /** Aborts when the check takes too long. */
  readonly signal: AbortSignal;
}

/** Looks at one thing, and changes nothing. */
export interface Check {
  /** A word or two. */
  readonly name: string;
  /** Where the usual time is not enough. */
  readonly timeoutMs?: number;
  /** What it throws becomes a problem. */
  look(patient: Patient): Promise<readonly Finding[]>;
}

/** What is as it should be. */
export function ok(message: string): Finding {
  return { status: 'ok', message };
}

/** What works, and could be better. @param mend what to do about it */
export function warning(message: string, mend: string): Finding {
  return { status: 'warning', message, mend };
}

/** What keeps the server from working. @param mend what to do about it */
export function problem(message: string, mend: string): Finding {
  return { status: 'problem', message, mend };
}

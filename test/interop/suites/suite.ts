import type { Outcome } from '../outcome.ts';
import type { ServersUnderTest } from '../servers.ts';

/** Clients that are installed and run together. */
export interface Suite {
  readonly name: string;
  /** @returns why they can't be had here, or undefined when they are installed. @throws Error when installing fails otherwise. */
  install(): Promise<string | undefined>;
  run(servers: ServersUnderTest): Promise<Outcome[]>;
}

import { runOperation } from './run-operation.ts';
import type { ServerAddress } from './server/address.ts';
import type { Terminal } from './terminal.ts';

export interface RollbackRequest {
  /** A reference or (the start of) a digest of the history; the model before when left out. */
  readonly to: string | undefined;
  /** Prints the final report as JSON, and nothing else. */
  readonly json: boolean;
}

/**
 * `rerankd rollback [TO]`: has a running server go back.
 * @throws CommandError when it did not.
 */
export async function rollback(
  address: ServerAddress,
  { to, json }: RollbackRequest,
  terminal: Terminal,
): Promise<void> {
  const title = `rollback to ${to ?? 'the model before'}`;
  const body = to === undefined ? {} : { to };
  await runOperation(address, { path: '/rollback', body, title, json, follow: false }, terminal);
}

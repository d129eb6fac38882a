import { directoryAt } from './directory-at.ts';
import { runOperation } from './run-operation.ts';
import type { ServerAddress } from './server/address.ts';
import type { Terminal } from './terminal.ts';

export interface UpdateRequest {
  /** As in POST /update, or the path of a directory. */
  readonly reference: string;
  /** The rest of the body of POST /update. */
  readonly options: object;
  /** Prints the final report as JSON, and nothing else. */
  readonly json: boolean;
  /** Waits until the probation is over. */
  readonly follow: boolean;
}

/**
 * `rerankd update REF`: changes the model of a running server and watches it do so.
 * @throws CommandError when the model was not changed, or not for long.
 */
export async function update(
  address: ServerAddress,
  request: UpdateRequest,
  terminal: Terminal,
): Promise<void> {
  // The server runs elsewhere: a path that is meant from here means nothing there.
  const model = (await directoryAt(request.reference)) ?? request.reference;
  const { options, json, follow } = request;
  const body = { model_path: model, ...options };
  await runOperation(address, { path: '/update', body, title: `update to ${model}`, json, follow }, terminal);
}

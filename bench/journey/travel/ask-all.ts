import { Client, prepare } from '../../serve/load/client.ts';
import type { RequestFile } from '../../serve/workload/request-file.ts';
import type { RunningServer } from '../../server/start-server.ts';
import type { KnownModel } from './judge-answers.ts';

/** Asks the model that serves for its scores of every request, one after the other. @throws Error when it has none. */
export async function askAll(
  server: RunningServer,
  { requests }: RequestFile,
  signal: AbortSignal,
): Promise<Pick<KnownModel, 'digest' | 'scores'>> {
  const client = new Client(`${server.url}/rerank`, {});
  const scores: number[][] = [];
  let digest = '';
  for (const request of requests) {
    signal.throwIfAborted();
    const { fault, content, headers } = await client.ask(prepare(request));
    if (fault !== undefined) throw new Error(`the server can't be asked: ${fault}`);
    digest = String(headers['x-model-digest']);
    scores.push((JSON.parse(content) as { scores: number[] }).scores);
  }
  return { digest, scores };
}

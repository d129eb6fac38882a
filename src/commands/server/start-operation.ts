import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Clock, delay } from '../../platform/clock.ts';
import { ConnectionFailure } from './failures.ts';
import { type OperationView, readOperation } from './operation.ts';
import type { ServerClient } from './server-client.ts';

const ATTEMPTS = 3;
const PAUSE_MS = 500;

const answerSchema = z.object({ operation: z.unknown() });

/**
 * Asks a server to begin an operation. When the answer gets lost, it asks again under the same key: the server does not
 * begin another one.
 * @returns the operation as it was when the server answered.
 * @throws Refusal, ConnectionFailure, CommandError.
 */
export async function startOperation(
  client: ServerClient,
  path: '/update' | '/rollback',
  body: object,
  clock: Clock,
): Promise<OperationView> {
  const headers = { prefer: 'respond-async', 'idempotency-key': randomUUID() };
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await client.ask({ method: 'POST', path, body, headers });
      return readOperation(answerSchema.safeParse(answer).data?.operation);
    } catch (error) {
      const isLost = error instanceof ConnectionFailure && error.worthRetrying;
      if (!isLost || attempt === ATTEMPTS) throw error;
    }
    await delay(clock, PAUSE_MS);
  }
}

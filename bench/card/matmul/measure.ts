import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../../src/child-environment.ts';
import type { ProductReply, ProductRequest } from './protocol.ts';

const entry = fileURLToPath(new URL('./worker.ts', import.meta.url));

const LONGEST_MS = 120_000;

/** Measures products with ONNX Runtime, in a process of its own. @returns TFLOP/s @throws Error that says why there is none. */
export async function measureProducts(request: ProductRequest, signal: AbortSignal): Promise<number> {
  const child = fork(entry, { env: childEnvironment(process.env) });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  const gone = once(child, 'exit');
  try {
    child.send(request);
    const ended = gone.then(([code, by]) => {
      throw new Error(`the process that multiplies ended (${String(code ?? by)})`);
    });
    const [reply] = (await Promise.race([once(child, 'message', { signal: stop }), ended])) as [ProductReply];
    if ('error' in reply) throw new Error(reply.error);
    return reply.teraflops;
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

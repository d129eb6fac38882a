import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Has a process take a file and forget it. @throws Error when it could not; the signal's reason. */
export async function runSink(url: string, bytes: number, signal: AbortSignal): Promise<void> {
  const sink = fork(entry, [url, String(bytes)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [code] = (await once(sink, 'exit', { signal })) as [number | null];
    if (code !== 0) throw new Error(`the sink ended with ${code}`);
  } finally {
    sink.kill();
  }
}

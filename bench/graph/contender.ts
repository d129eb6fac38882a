import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerReply, WorkerSetup } from './worker-protocol.ts';

/** One way to serve a model: some processes that work at the same time. */
export class Contender {
  readonly name: string;
  /** Documents a second, one entry for each round. */
  readonly rates: number[] = [];
  readonly logits: readonly number[];
  readonly #workers: readonly ChildProcess[];

  private constructor(name: string, workers: readonly ChildProcess[], logits: readonly number[]) {
    this.name = name;
    this.#workers = workers;
    this.logits = logits;
  }

  /** @param processes that share the work, each with a session of its own */
  static async start(name: string, processes: number, setup: WorkerSetup): Promise<Contender> {
    const workers: ChildProcess[] = [];
    let logits: readonly number[] = [];
    for (let index = 0; index < processes; index++) {
      const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [JSON.stringify(setup)], {
        env: { PATH: '/usr/bin:/bin', ORT_DISABLE_TELEMETRY: '1' },
      });
      workers.push(worker);
      const first = await replyOf(worker);
      logits = 'logits' in first ? first.logits : [];
      // Threads that wait for work spin for a while: whoever has no turn must not use the processors.
      worker.kill('SIGSTOP');
    }
    return new Contender(name, workers, logits);
  }

  /** Works for a while with all processes. */
  async round(seconds: number): Promise<void> {
    const replies = this.#workers.map((worker) => replyOf(worker));
    for (const worker of this.#workers) {
      worker.kill('SIGCONT');
      worker.send({ seconds });
    }
    const rates = (await Promise.all(replies)).map((reply) =>
      'documentsPerSecond' in reply ? reply.documentsPerSecond : 0,
    );
    for (const worker of this.#workers) worker.kill('SIGSTOP');
    this.rates.push(rates.reduce((sum, rate) => sum + rate, 0));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        const gone = once(worker, 'exit');
        worker.kill('SIGKILL');
        await gone;
      }),
    );
  }
}

async function replyOf(worker: ChildProcess): Promise<WorkerReply> {
  const failed = once(worker, 'exit').then(([code]) => {
    throw new Error(`a worker ended with code ${String(code)}`);
  });
  const [reply] = (await Promise.race([once(worker, 'message'), failed])) as [WorkerReply];
  return reply;
}

import { onTestFinished } from 'vitest';
import { embeddedModels } from './directories.ts';
import { ServerChild, spawnServer } from './server-child.ts';
import { testEnvironment } from './test-environment.ts';

/** The real program, started as a user starts it, for one test. */
export class ServerProcess extends ServerChild {
  #stderr = '';
  #stdout = '';

  private constructor(child: ReturnType<typeof spawnServer>) {
    super(child, 'close');
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
  }

  /** It leads a process group of its own, so that a test can press Ctrl-C on all of it. */
  static start(stateDirectory: string, settings: Readonly<Record<string, string>> = {}): ServerProcess {
    const env = testEnvironment({
      PORT: '0',
      RERANK_MODELS_DIR: embeddedModels,
      RERANK_STATE_DIR: stateDirectory,
      LOG_FORMAT: 'json',
      ...settings,
    });
    const server = new ServerProcess(spawnServer({ env, hasOwnGroup: true }));
    // A test that runs into its time limit never leaves its block, and what it started would outlive it.
    onTestFinished(() => server[Symbol.asyncDispose]());
    return server;
  }

  /** What it wrote for the person who started it. */
  get stderr(): string {
    return this.#stderr;
  }

  /** All that it and its children printed. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** The first message in its log that matches. */
  logged(pattern: RegExp): string | undefined {
    return this.log.find(pattern);
  }

  /** What Ctrl-C in a terminal does: every process of the group gets the signal. */
  interruptGroup(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The whole group: children that a test stopped would never notice that their parent is gone.
    if (!this.ended) process.kill(-this.pid, 'SIGKILL');
    await this.exit;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Client } from './client.ts';
import { embeddedModels } from './directories.ts';
import { testEnvironment } from './test-environment.ts';
import { until } from './until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real program, started as a user starts it. */
export class ServerProcess implements AsyncDisposable {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #messages: string[] = [];
  #stderr = '';
  #stdout = '';
  #ended = false;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.pid = process.pid ?? 0;
    this.exit = once(process, 'close').then(([code, signal]) => {
      this.#ended = true;
      return { code, signal };
    });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    if (process.stdout) createInterface(process.stdout).on('line', (line) => this.#note(line));
  }

  /** It leads a process group of its own, as under a shell, so that a test can press Ctrl-C on all of it. */
  static start(stateDirectory: string, settings: Readonly<Record<string, string>> = {}): ServerProcess {
    const env = testEnvironment({
      PORT: '0',
      RERANK_MODELS_DIR: embeddedModels,
      RERANK_STATE_DIR: stateDirectory,
      LOG_FORMAT: 'json',
      ...settings,
    });
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const server = new ServerProcess(
      spawn(process.execPath, [main], { env, stdio: [...stdio], detached: true }),
    );
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
    return this.#messages.find((message) => pattern.test(message));
  }

  /** Resolves when it serves. @throws Error with its own words when it ends instead. */
  async ready(): Promise<Client> {
    const line = await until('the server listens', () => {
      if (this.#ended) throw new Error(`the server ended: ${this.#stderr}${this.#messages.join('\n')}`);
      return this.logged(/listens on http/);
    });
    return new Client(/http:\S+/.exec(line)?.[0] ?? '');
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** What Ctrl-C in a terminal does: every process of the group gets the signal. */
  interruptGroup(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The whole group: children that a test stopped would never notice that their parent is gone.
    if (!this.#ended) process.kill(-this.pid, 'SIGKILL');
    await this.exit;
  }

  #note(line: string): void {
    try {
      this.#messages.push((JSON.parse(line) as { msg?: string }).msg ?? '');
    } catch {
      this.#messages.push(line);
    }
  }
}

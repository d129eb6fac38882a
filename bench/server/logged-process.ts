import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { endProcess } from '../../test/support/end-process.ts';

export interface ProcessCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where standard error goes, and standard output unless it is read. */
  readonly logFile: string;
  readonly stdout: 'log' | 'pipe';
  /** How long it may take to end after SIGTERM, in milliseconds; with 0 it is killed at once. */
  readonly endTimeoutMs: number;
}

const LOG_TAIL_CHARACTERS = 3000;

/**
 * A process that the bench started, whose log is a file: nobody has to read along while something is measured. Its standard input is a pipe that closes with the bench. Disposing it ends it.
 */
export class LoggedProcess implements AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Aborts when the process ends unasked; the reason holds the end of its log. */
  readonly ended: AbortSignal;
  readonly #command: ProcessCommand;
  #stopping = false;

  private constructor(child: ChildProcess, command: ProcessCommand) {
    this.child = child;
    this.pid = child.pid ?? 0;
    this.#command = command;
    const ended = new AbortController();
    this.ended = ended.signal;
    child.once('exit', async () => {
      if (this.#stopping) return;
      const log = await readFile(command.logFile, 'utf8').catch(() => '');
      ended.abort(
        new Error(`${this.#name} ended unasked. The end of its log:\n${log.slice(-LOG_TAIL_CHARACTERS)}`),
      );
    });
  }

  /** @throws Error when there is no such program. */
  static async start(command: ProcessCommand): Promise<LoggedProcess> {
    await using log = await open(command.logFile, 'w');
    const options: SpawnOptions = {
      env: command.env,
      stdio: ['pipe', command.stdout === 'log' ? log.fd : 'pipe', log.fd],
      ...(command.cwd !== undefined && { cwd: command.cwd }),
    };
    const child = spawn(command.command, command.args, options);
    await once(child, 'spawn');
    // Whoever ends has nobody to read what is still to be said.
    child.stdin?.on('error', () => {});
    return new LoggedProcess(child, command);
  }

  /** Without directories: what went wrong is written into results, which others read. */
  get #name(): string {
    return [this.#command.command, ...this.#command.args].map((part) => basename(part)).join(' ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    await endProcess(this.child, this.#command.endTimeoutMs);
  }
}

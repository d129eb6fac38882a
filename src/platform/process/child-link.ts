import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { encodeHeader, type Frame, FrameReader } from './frames.ts';
import { CALLS_FD, Reply } from './protocol.ts';

export interface ChildLinkOptions {
  readonly entry: URL;
  /** What the logs call it. */
  readonly name: string;
  /** The child's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** How far it stands back behind this process when processors are short, 0 to 19. */
  readonly niceness?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How much what it prints matters at this moment; `warn` when left out. */
  readonly outputLevel?: (() => 'warn' | 'debug') | undefined;
}

/** The first call of a child's life: it loads what every later call needs. */
export interface LoadCall {
  readonly kind: number;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
}

/**
 * A process that waits for a broken device inside the kernel can't be ended, not even by SIGKILL, until the driver lets go of it.
 * After so long nobody waits for that any more.
 */
const UNKILLABLE_AFTER_MS = 20_000;

/** The child answered that it could not do what was asked. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** The child ended, or was ended, before it answered. */
export class ChildLost extends Error {
  override readonly name = 'ChildLost';
  /** True for the call that the child was working on, false for those that were still waiting behind it. */
  readonly wasRunning: boolean;

  constructor(message: string, wasRunning: boolean) {
    super(message);
    this.wasRunning = wasRunning;
  }
}

interface PendingCall {
  readonly deadlineMs: number;
  readonly about: (() => object) | undefined;
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A child process that answers calls one after the other, over a socket of its own.
 *
 * The child is never asked to end: SIGKILL is the only stop that works inside a native call, and a child holds nothing
 * worth saving. The deadline of a call runs from the moment the child can begin it, and missing it kills the child.
 */
export class ChildLink {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves with the reason once the process is gone; never rejects. */
  readonly lost: Promise<string>;
  readonly #process: ChildProcess;
  /** Undefined for a process that never came to be; `lost` is about to resolve then. */
  readonly #calls: Duplex | undefined;
  readonly #clock: Clock;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 1;
  #cancelDeadline: (() => void) | undefined;
  #cancelPatience: (() => void) | undefined;
  #finish: (description: string) => void = () => {};
  #killedBecause: string | undefined;
  #gone = false;

  constructor(options: ChildLinkOptions) {
    this.name = options.name;
    this.#clock = options.clock;
    this.#process = spawn(process.execPath, ['--max-semi-space-size=1', fileURLToPath(options.entry)], {
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.pid = this.#process.pid;
    // Before anything else: an `error` event that nobody hears would end this process.
    this.lost = this.#watchExit();
    lowerPriority(this.pid, options.niceness);
    const streams = streamsOf(this.#process);
    // The process's own end tells more than a broken pipe does.
    for (const stream of streams) stream?.on('error', () => {});
    const reader = new FrameReader((frame) => this.#settle(frame));
    this.#calls = streams[CALLS_FD] as Duplex | undefined;
    this.#calls?.on('data', (chunk: Buffer) => this.#receive(reader, chunk));
    this.#forwardOutput(options);
  }

  /**
   * Starts a child and has it load its model.
   * @param unwanted gives the start up.
   * @param spare a child that was started already, from the same entry.
   * @throws CallFailed when the child refuses, ChildLost when it ends over it; the process is gone by then.
   */
  static async launch(
    options: ChildLinkOptions,
    load: LoadCall,
    unwanted: AbortSignal,
    spare?: ChildLink,
  ): Promise<{ link: ChildLink; reply: Buffer }> {
    unwanted.throwIfAborted();
    const link = spare?.alive ? spare : new ChildLink(options);
    const stop = (): void => link.kill('it is no longer wanted');
    unwanted.addEventListener('abort', stop, { once: true });
    try {
      return { link, reply: await link.call(load.kind, load.payload, load.timeoutMs) };
    } catch (error) {
      link.kill('it could not load');
      await link.lost;
      throw error;
    } finally {
      unwanted.removeEventListener('abort', stop);
    }
  }

  /** False from the moment that the child is known to be doomed: it takes no more calls. */
  get alive(): boolean {
    return !this.#gone && this.#killedBecause === undefined;
  }

  /** How many calls the child has yet to answer. */
  get outstanding(): number {
    return this.#pending.size;
  }

  /**
   * Sends one call and waits for its answer.
   * @param about goes into the log with whatever the child prints while it works on the call.
   * @throws CallFailed with the child's own message; ChildLost when it ended first.
   */
  call(kind: number, payload: Uint8Array, deadlineMs: number, about?: () => object): Promise<Buffer> {
    if (!this.alive) return Promise.reject(new ChildLost(`${this.name} is gone`, false));
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) >>> 0;
    const answer = new Promise<Buffer>((resolve, reject) => {
      this.#pending.set(id, { deadlineMs, about, resolve, reject });
    });
    if (this.#pending.size === 1) this.#armDeadline();
    this.#calls?.cork();
    this.#calls?.write(encodeHeader(kind, id, payload.byteLength));
    this.#calls?.write(payload);
    this.#calls?.uncork();
    return answer;
  }

  /** Ends the process at once. `lost` resolves when the operating system has taken it down, or can't. */
  kill(because: string): void {
    // Without a process id there is nothing to kill, and what the system would make of such a signal is not defined.
    if (this.pid !== undefined) this.#process.kill('SIGKILL');
    if (!this.alive) return;
    this.#killedBecause = because;
    this.#cancelPatience = this.#clock.after(UNKILLABLE_AFTER_MS, () => {
      this.#killedBecause = `${because}; SIGKILL had no effect within ${UNKILLABLE_AFTER_MS} ms`;
      // It must not keep this process from ending either.
      this.#process.unref();
      this.#finish(this.#killedBecause);
    });
  }

  #settle(frame: Frame): void {
    const call = this.#pending.get(frame.id);
    if (call === undefined) return;
    const [headId] = this.#pending.keys();
    this.#pending.delete(frame.id);
    // Only a new head starts a new deadline: answers given out of turn must not prolong a hung call's life.
    if (frame.id === headId) this.#armDeadline();
    if (frame.kind === Reply.ok) call.resolve(frame.payload);
    else call.reject(new CallFailed(frame.payload.toString()));
  }

  #receive(reader: FrameReader, chunk: Buffer): void {
    try {
      reader.push(chunk);
    } catch (error) {
      this.kill(`it sent an unreadable frame (${String(error)})`);
    }
  }

  #armDeadline(): void {
    this.#cancelDeadline?.();
    const [head] = this.#pending.values();
    this.#cancelDeadline = head && this.#clock.after(head.deadlineMs, () => this.#miss(head.deadlineMs));
  }

  #miss(deadlineMs: number): void {
    this.kill(`it gave no answer within ${deadlineMs} ms`);
  }

  #watchExit(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#finish = (description) => {
      if (this.#gone) return;
      this.#gone = true;
      this.#cancelDeadline?.();
      this.#cancelPatience?.();
      const reason = this.#killedBecause ?? description;
      let running = true;
      for (const call of this.#pending.values()) {
        call.reject(new ChildLost(`${this.name} ended: ${reason}`, running));
        running = false;
      }
      this.#pending.clear();
      for (const stream of streamsOf(this.#process)) stream?.destroy();
      resolve(reason);
    };
    this.#process.on('error', (error) => this.#finish(`it could not be started: ${error.message}`));
    this.#process.on('exit', (code, signal) =>
      this.#finish(signal ? `signal ${signal}` : `exit code ${code}`),
    );
    return promise;
  }

  /** Without the colours that ONNX Runtime prints for a terminal. */
  #forwardOutput({ logger, outputLevel = () => 'warn' }: ChildLinkOptions): void {
    const forward = (stream: Readable | null | undefined): void => {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const line = stripVTControlCharacters(text).trim().slice(0, 2000);
        const [head] = this.#pending.values();
        if (line !== '')
          logger[outputLevel()]({ process: this.name, pid: this.pid, ...head?.about?.() }, line);
      });
    };
    forward(this.#process.stdout);
    forward(this.#process.stderr);
  }
}

/** Where no descriptors are left, Node gives a process that has no streams, and tells by its `error` event, which comes later. */
function streamsOf({ stdio }: { readonly stdio: ChildProcess['stdio'] | undefined }) {
  return stdio ?? [];
}

/** The child's threads, started later, inherit it. Where the system does not allow it, everything works all the same. */
function lowerPriority(pid: number | undefined, niceness: number | undefined): void {
  if (pid === undefined || niceness === undefined) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // The child may be gone already; its exit is reported anyway.
  }
}

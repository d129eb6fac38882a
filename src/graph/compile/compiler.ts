import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { ChildLink } from '../../platform/process/child-link.ts';
import { entryBeside } from '../../platform/process/entry.ts';
import { CompileCall, type CompileRequest, type CompileSteps } from './protocol.ts';

export interface CompilerOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each of its steps. */
  readonly timeoutMs: number;
}

/** The module that a compiler process runs. */
const compilerEntry = entryBeside(import.meta.url, 'child/main');

/** A background job: whatever serves goes first. */
const COMPILER_NICENESS = 10;

/** A compiler process, as the parent sees it. */
export class Compiler {
  /** What the parts of an observer's output belong to; empty for a model. */
  readonly norms: CompileSteps['norms'];
  readonly #link: ChildLink;
  readonly #steps: number;
  readonly #timeoutMs: number;

  private constructor(link: ChildLink, { steps, norms }: CompileSteps, timeoutMs: number) {
    this.norms = norms;
    this.#link = link;
    this.#steps = steps;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws CallFailed with the reason why the checkpoint can't be compiled; ChildLost when the process ends. */
  static async start(
    request: CompileRequest,
    options: CompilerOptions,
    signal: AbortSignal,
  ): Promise<Compiler> {
    const payload = Buffer.from(JSON.stringify(request));
    const { link, reply } = await ChildLink.launch(
      { ...options, name: 'compiler', niceness: COMPILER_NICENESS, entry: compilerEntry },
      { kind: CompileCall.plan, payload, timeoutMs: options.timeoutMs },
      signal,
    );
    return new Compiler(link, JSON.parse(reply.toString()) as CompileSteps, options.timeoutMs);
  }

  /** Writes all weights. @param onProgress told the share that is done, 0 to 1 */
  async writeWeights(onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < this.#steps; step++) {
      signal.throwIfAborted();
      await this.#link.call(CompileCall.write, Buffer.from(String(step)), this.#timeoutMs);
      onProgress((step + 1) / this.#steps);
    }
  }

  /** Joins what an engine has packed meanwhile and closes the files. */
  async finish(): Promise<void> {
    await this.#link.call(CompileCall.finish, Buffer.alloc(0), this.#timeoutMs);
  }

  /** Ends the process, whatever it is doing. */
  async close(): Promise<void> {
    this.#link.kill('the compilation is over');
    await this.#link.lost;
  }
}

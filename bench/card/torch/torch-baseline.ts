import { Dialogue } from '../../serve/contenders/dialogue.ts';
import { pythonEnvironment, pythonProgram } from '../../serve/contenders/python.ts';
import { LoggedProcess } from '../../server/logged-process.ts';

export interface ProductRate {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly teraflops: number;
}

export interface TorchRound {
  readonly seconds: number;
  readonly documents: number;
  readonly tokens: number;
}

export interface TorchTuning {
  /** Tokens of a batch, padding included, of the fastest pass. */
  readonly budget: number;
  readonly batches: number;
  readonly tried: readonly { readonly budget: number; readonly tokensPerSecond: number | null }[];
}

/** bench/baselines/python/torch_gpu.py, as the bench sees it. Disposing it ends the process. */
export class TorchBaseline implements AsyncDisposable {
  /** Versions, and what PyTorch says of the card. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly #process: LoggedProcess;
  readonly #dialogue: Dialogue;

  private constructor(process: LoggedProcess, dialogue: Dialogue, facts: Readonly<Record<string, unknown>>) {
    this.#process = process;
    this.#dialogue = dialogue;
    this.facts = facts;
  }

  /**
   * @param device cuda; cpu to try the bench
   * @param signal gives up the start, and later all that is under way.
   * @throws Error with the end of its log when the interpreter has no PyTorch, or PyTorch no card.
   */
  static async start(
    interpreter: string,
    device: 'cuda' | 'cpu',
    logFile: string,
    signal: AbortSignal,
  ): Promise<TorchBaseline> {
    const process = await LoggedProcess.start({
      command: interpreter,
      args: [pythonProgram('torch_gpu.py'), device],
      env: pythonEnvironment(),
      logFile,
      stdout: 'pipe',
      endTimeoutMs: 0,
    });
    const dialogue = new Dialogue(process, AbortSignal.any([signal, process.ended]));
    try {
      const { ready: _, ...facts } = (await dialogue.read()) as Record<string, unknown>;
      return new TorchBaseline(process, dialogue, facts);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  async matmul(
    shapes: readonly (readonly [number, number, number])[],
    dtype: 'float16' | 'bfloat16',
    seconds: number,
  ): Promise<readonly ProductRate[]> {
    const reply = await this.#ask({ order: 'matmul', shapes, dtype, seconds });
    return (reply as { rates: ProductRate[] }).rates;
  }

  async load(model: string, requests: string, maxLength: number): Promise<{ readonly tokens: number }> {
    return (await this.#ask({ order: 'load', model, requests, maxLength })) as { tokens: number };
  }

  async tune(budgets: readonly number[]): Promise<TorchTuning> {
    return (await this.#ask({ order: 'tune', budgets })) as TorchTuning;
  }

  async logits(pairs: number): Promise<readonly number[]> {
    return ((await this.#ask({ order: 'scores', pairs })) as { logits: number[] }).logits;
  }

  async round(seconds: number): Promise<TorchRound> {
    return (await this.#ask({ order: 'round', seconds })) as TorchRound;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }

  async #ask(order: object): Promise<unknown> {
    const reply = (await this.#dialogue.ask(JSON.stringify(order))) as { error?: string };
    if (reply.error !== undefined) throw new Error(`PyTorch: ${reply.error}`);
    return reply;
  }
}

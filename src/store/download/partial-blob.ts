import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartState, readPartState, writePartState } from './part-state.ts';
import { boundsOf, type PartPlan, planOf } from './parts.ts';
import { writeFully } from './write-fully.ts';

const DATA = 'data';
const STATE = 'state.json';

/** One part of a blob that is being fetched. */
export interface Part {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Bytes from the start on that are written. They count for a restart only when the part is done. */
  received: number;
  isDone: boolean;
  readonly sources: Set<string>;
}

/**
 * A blob that is not complete: a sparse file of its size, and a small file that says which parts of it are there. The
 * second never claims what a crash could take from the first.
 */
export class PartialBlob {
  readonly path: string;
  readonly plan: PartPlan;
  readonly parts: readonly Part[];
  /** By the name of the source: the ETag under which its parts came. */
  readonly etags: Map<string, string>;
  readonly #statePath: string;
  readonly #digest: string;
  readonly #handle: FileHandle;
  #isStale = false;
  #saving: Promise<void> | undefined;

  private constructor(
    directory: string,
    digest: string,
    plan: PartPlan,
    handle: FileHandle,
    state?: PartState,
  ) {
    this.path = join(directory, DATA);
    this.#statePath = join(directory, STATE);
    this.#digest = digest;
    this.plan = plan;
    this.#handle = handle;
    this.etags = new Map(Object.entries(state?.etags ?? {}));
    this.parts = Array.from({ length: plan.count }, (_, index) => {
      const { start, end } = boundsOf(plan, index);
      const sources = state?.done[index];
      const isDone = sources !== undefined;
      return { index, start, end, received: isDone ? end - start : 0, isDone, sources: new Set(sources) };
    });
  }

  /**
   * Takes up what an earlier run left of the same blob, or begins anew.
   * @param plan for a new one; an old one keeps its own
   */
  static async open(directory: string, digest: string, plan: PartPlan): Promise<PartialBlob> {
    const data = join(directory, DATA);
    const state = await readPartState(join(directory, STATE));
    const held = await stat(data).catch(() => undefined);
    if (state && held?.size === plan.size && state.size === plan.size && state.digest === digest) {
      return new PartialBlob(
        directory,
        digest,
        planOf(plan.size, state.partBytes),
        await open(data, 'r+'),
        state,
      );
    }
    await rm(join(directory, STATE), { force: true });
    await rm(data, { force: true });
    const handle = await open(data, 'wx+');
    await handle.truncate(plan.size);
    return new PartialBlob(directory, digest, plan, handle);
  }

  /** Bytes that are written, those of unfinished parts included. */
  get receivedBytes(): number {
    return this.parts.reduce((sum, { received }) => sum + received, 0);
  }

  get isComplete(): boolean {
    return this.parts.every(({ isDone }) => isDone);
  }

  /** Writes what follows the bytes that the part has, or what repeats them. */
  async write(part: Part, position: number, pieces: readonly Uint8Array[], source: string): Promise<void> {
    const bytes = await writeFully(this.#handle, pieces, position);
    part.received = Math.max(part.received, position + bytes - part.start);
    part.sources.add(source);
  }

  /** Records that a part is there, once a power cut can't take it any more. */
  async finish(part: Part): Promise<void> {
    await this.#handle.datasync();
    part.isDone = true;
    await this.save();
  }

  /** Gives up all that is from a source, whose content turned out not to be the same any more. */
  async forget(source: string): Promise<void> {
    this.etags.delete(source);
    for (const part of this.parts) {
      if (!part.sources.delete(source)) continue;
      part.sources.clear();
      part.received = 0;
      part.isDone = false;
    }
    await this.save();
  }

  /** Writes the state. Calls that come while one is being written are served by the next one together. */
  async save(): Promise<void> {
    this.#isStale = true;
    this.#saving ??= this.#saveAll();
    await this.#saving;
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#saving?.catch(() => {});
    await this.#handle.close();
  }

  /** Deletes all of it. */
  async remove(): Promise<void> {
    await rm(this.#statePath, { force: true });
    await rm(this.path, { force: true });
  }

  async #saveAll(): Promise<void> {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await writePartState(this.#statePath, this.#state());
      }
    } finally {
      this.#saving = undefined;
    }
  }

  #state(): PartState {
    const done: Record<string, string[]> = {};
    for (const part of this.parts) if (part.isDone) done[part.index] = [...part.sources];
    const { size, partBytes } = this.plan;
    return { version: 1, digest: this.#digest, size, partBytes, etags: Object.fromEntries(this.etags), done };
  }
}

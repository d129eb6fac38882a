import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import { formatBytes } from '../../platform/memory/format-bytes.ts';
import type { Current } from '../gates/candidate.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { PreparedModel, PrestartedModel } from '../preparation/preparation.ts';
import type { ServingState } from '../state/serving-state.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';
import { comeBack } from './come-back.ts';

/** A model of which all is ready that can be ready before the one that serves has ended. */
interface WindowReady {
  readonly prestarted: PrestartedModel;
  /** What the model that serves answered to what the new one will be asked. */
  readonly recorded: Current | undefined;
}

/**
 * For machines where two models don't fit: makes everything ready, then ends the old model and loads the new one while
 * requests wait. When the new one fails, the old one comes back.
 */
export async function swapHeld(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<Swapped> {
  const ready = await prestartForWindow(parts, operation, change, prepared);
  try {
    return await swapPrestarted(parts, operation, change, ready);
  } finally {
    await ready.prestarted.prestart.close();
  }
}

/** Makes everything ready for the window. Its prestart is the caller's to close. */
export async function prestartForWindow(
  { preparation, gates, slot, modes }: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<WindowReady> {
  if (change.shadow !== undefined) {
    operation.warn('live requests were not scored on the new model first: in mode hold it is loaded alone');
  }
  const recorded = await gates.record(change, operation, slot.current);
  const prestarted = await preparation.prestart(prepared, await modes.roomBeside(prepared), operation);
  return { prestarted, recorded };
}

async function swapPrestarted(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  ready: WindowReady,
): Promise<Swapped> {
  const { slot, modes } = parts;
  const { prestarted } = ready;
  const window = new Window(parts, operation, change, ready);
  // The window finds a look at the card that is new enough, and need not wait for one.
  await slot.current?.gpu?.look(0);
  const result = await slot.replace(modes.expectedWindowMs(prestarted), isUsable, (old) =>
    window.exchange(old),
  );
  const next = slot.current as Generation;
  if (window.failure === undefined && (await window.isGood(next))) {
    return { next, result, wantedDtype: prestarted.wantedDtype };
  }
  operation.found({ lock_held_ms: result.lockHeldMs, held_requests: result.held });
  throw window.failure?.error;
}

function isUsable(model: Generation): boolean {
  return !model.isClosed;
}

/** The time in which nothing serves: from the last request on the old model to the first one on the new. */
class Window {
  /** Why the old model came back. */
  failure: { readonly error: unknown } | undefined;
  readonly #parts: ChangeParts;
  readonly #operation: Operation;
  readonly #change: Change;
  readonly #prestarted: PrestartedModel;
  readonly #recorded: Current | undefined;
  readonly #before: ServingState | undefined;

  constructor(
    parts: ChangeParts,
    operation: Operation,
    change: Change,
    { prestarted, recorded }: WindowReady,
  ) {
    this.#parts = parts;
    this.#operation = operation;
    this.#change = change;
    this.#prestarted = prestarted;
    this.#recorded = recorded;
    this.#before = parts.record.state;
  }

  /** @returns the model that serves afterwards. */
  async exchange(old: Generation): Promise<Generation> {
    const { retirement, modes, clock } = this.#parts;
    this.#operation.enter('drain');
    await retirement.drainInWindow(old, this.#operation.signal);
    this.#operation.commit();
    const startedAt = clock.now();
    this.#operation.enter('release');
    await this.#end(old);
    try {
      const next = await this.#inTime(() => this.#loadChecked());
      modes.learnWindow(this.#prestarted, clock.now() - startedAt);
      return next;
    } catch (error) {
      this.failure = { error };
      // The old one needs the memory of what was made ready for the failed one, and of what that took on a GPU.
      await this.#prestarted.prestart.close();
      await this.#end(old);
      return await comeBack(this.#parts, this.#before, error);
    }
  }

  /**
   * Looks at what there was no time for in the window. Should the new model not pass, the old one comes back in another window.
   * @returns false when it came back.
   */
  async isGood(next: Generation): Promise<boolean> {
    const { gates, slot, modes, retirement } = this.#parts;
    try {
      await gates.checkRest(next, this.#prestarted, this.#change, this.#operation);
      return true;
    } catch (error) {
      this.failure = { error };
      await slot.replace(modes.expectedWindowMs(this.#prestarted), isUsable, async (bad) => {
        // Requests that a model holds for longer than any request may last are not worth keeping it for.
        await retirement.drain(bad);
        await this.#end(bad);
        return await comeBack(this.#parts, this.#before, error);
      });
      return false;
    }
  }

  /** Ends a model and waits until its memory is free, on a GPU too. */
  async #end(model: Generation): Promise<void> {
    const held = await model.release();
    if (held === undefined) return;
    const by = held.pids.length === 0 ? '' : `, by process ${held.pids.join(' and ')}`;
    const bytes = formatBytes(held.bytes);
    this.#operation.warn(
      `${bytes} of the GPU memory of ${model.identity.reference} were still not free when the next load began (${held.card})${by}`,
    );
  }

  /** It is too late to give the operation up, and requests wait: what goes on for too long fails. */
  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    const { clock, windowTimeoutMs } = this.#parts;
    const cancel = clock.after(windowTimeoutMs, () => {
      const { reference } = this.#prestarted;
      this.#operation.expire(
        new ServiceError(
          'timeout',
          `${reference} was not ready ${windowTimeoutMs / 1000} s after the model before it had ended`,
          { detail: 'The log tells what it waited for. RERANK_LOAD_TIMEOUT_MS gives it longer.' },
        ),
      );
    });
    try {
      return await work();
    } finally {
      cancel();
    }
  }

  async #loadChecked(): Promise<Generation> {
    const { preparation, gates } = this.#parts;
    const next = await preparation.load(this.#prestarted, this.#operation);
    try {
      this.#operation.enter('check');
      await gates.check(next, this.#prestarted, this.#change, this.#operation, this.#recorded, true);
      return next;
    } catch (error) {
      await next.close();
      throw error;
    }
  }
}

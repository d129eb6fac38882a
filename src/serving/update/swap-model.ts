import type { Generation } from '../../model/generation.ts';
import type { NamedModel } from '../../model/loadable-model.ts';
import { readOwnMemory, readProcessMemory } from '../../platform/memory/process-memory.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';
import { compileStaged } from './compile-staged.ts';
import type { UpdateOutcome } from './operations.ts';
import { settleMode } from './settle-mode.ts';
import { swapBeside } from './swap-beside.ts';
import { swapHeld } from './swap-held.ts';
import { noteUnkept, takeOver } from './take-over.ts';

/** An update or a rollback: has a staged model serve in the place of the one that does. */
export async function swapModel(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<Omit<UpdateOutcome, 'operation'>> {
  const { record, slot, standby } = parts;
  const before = slot.current;
  const memoryBefore = await memoryOf(before);
  try {
    noteUnkept(operation, record, await record.begin(staged.reference));
    const ready = standby.matching(staged.digest, change.target.dtype);
    const swapped =
      ready === undefined
        ? await swapToPrepared(parts, operation, change, staged)
        : await swapToStandby(parts, operation, ready);
    await takeOver(parts, operation, change, swapped);
  } catch (error) {
    await record.abandon();
    throw error;
  }
  const memoryAfter = await memoryOf(slot.current);
  operation.found({
    memory: {
      before_bytes: memoryBefore.bytes,
      after_bytes: memoryAfter.bytes,
      gpu_before_bytes: memoryBefore.gpuBytes,
      gpu_after_bytes: memoryAfter.gpuBytes,
    },
  });
  return {
    currentModel: slot.current?.identity.reference ?? null,
    previousModel: before?.identity.reference ?? null,
  };
}

/** The model that is wanted has to be loaded. */
async function swapToPrepared(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<Swapped> {
  const { modes, probation, standby } = parts;
  const prepared = await compileStaged(parts, operation, change, staged);
  await modes.requireCardForWeights(prepared);
  // Never three models at a time: with a new one on its way, the one before the current has had its chance.
  probation.end('another update came');
  await standby.dismiss();
  const mode = await settleMode(parts, operation, change, prepared);
  const swap = mode === 'hold' ? swapHeld : swapBeside;
  return await swap(parts, operation, change, prepared);
}

/** The model that is wanted is the one before, and still loaded. */
async function swapToStandby(
  { slot, standby, probation, metrics }: ChangeParts,
  operation: Operation,
  ready: Generation,
): Promise<Swapped> {
  metrics.storeLookups.inc({ tier: 'memory' });
  operation.enter('swap');
  operation.commit();
  probation.end('the model before it came back');
  const { idle } = standby.takeBack();
  return { next: ready, result: await slot.swap(ready, idle), wantedDtype: undefined };
}

/** The server's own process and those of one model, and what it holds on a GPU. */
async function memoryOf(generation: Generation | undefined) {
  const [own, children, onCard] = await Promise.all([
    readOwnMemory(),
    readProcessMemory(generation?.pids ?? []),
    generation?.gpu?.look(0),
  ]);
  return { bytes: own.ownBytes + children.ownBytes, gpuBytes: onCard?.heldBytes ?? null };
}

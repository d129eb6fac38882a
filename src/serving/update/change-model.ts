import type { Generation } from '../../model/generation.ts';
import type { NamedModel } from '../../model/loadable-model.ts';
import { readOwnMemory, readProcessMemory } from '../../platform/memory/process-memory.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import { announce } from '../slot/announce.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';
import type { UpdateOutcome } from './operations.ts';
import { makeReady } from './preload.ts';
import { swapBeside } from './swap-beside.ts';
import { swapHeld } from './swap-held.ts';

type Outcome = Omit<UpdateOutcome, 'operation'>;

/** The walk of a change: every step may fail, and none before the swap touches the model that serves. */
export async function changeModel(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
): Promise<Outcome> {
  const { preparation, record } = parts;
  try {
    const staged = await preparation.stage(change.target, operation);
    const { dtype } = change.target;
    if (!change.force) record.assertNotQuarantined({ digest: staged.digest, ...(dtype && { dtype }) });
    const isServing = serves(parts, staged, change);
    if (!change.force && !isServing) await parts.gates.requireUsableGolden(staged);
    const isPreload = change.kind === 'preload';
    if (isPreload) await makeReady(parts, operation, change, staged);
    else if (change.dryRun) {
      await changeToPrepared(parts, operation, change, staged);
      // The update that a trial was for finds it compiled and measured.
      await preparation.keepAhead(staged);
    }
    const isDone = isPreload || change.dryRun || isServing;
    if (!isDone) return await changeTo(parts, operation, change, staged);
  } catch (error) {
    const isCopied = operation.report.phases.some(({ phase }) => phase === 'fetch');
    if (isCopied) await record.forgetUnreferenced();
    throw error;
  }
  await record.forgetUnreferenced();
  const { state } = record;
  return { currentModel: state?.model ?? null, previousModel: state?.previous?.model ?? null };
}

async function changeTo(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<Outcome> {
  const { record, slot, standby } = parts;
  const before = slot.current;
  const memoryBefore = await memoryOf(before);
  try {
    noteUnkept(operation, record, await record.begin(staged.reference));
    const ready = standby.matching(staged.digest, change.target.dtype);
    if (ready !== undefined) parts.metrics.storeLookups.inc({ tier: 'memory' });
    if (ready === undefined) await changeToPrepared(parts, operation, change, staged);
    else await takeOver(parts, operation, change, await swapToStandby(parts, operation, ready));
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

async function changeToPrepared(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<void> {
  const { preparation, modes, probation, standby } = parts;
  const isTight = await modes.isTight(staged);
  const prepared = await preparation.compile(staged, operation, change.target.dtype, isTight);
  await modes.requireCardForWeights(prepared);
  // Never three models at a time: with a new one on its way, the one before the current has had its chance. A trial changes
  // nothing, and so leaves that chance.
  if (!change.dryRun) {
    probation.end('another update came');
    await standby.dismiss();
  }
  const mode = await modes.choose(prepared, change.mode);
  operation.found({ mode });
  const doubt = mode.chosen === 'hold' ? await modes.doubtAlone(prepared) : undefined;
  if (doubt !== undefined) operation.warn(doubt);
  const swap = mode.chosen === 'hold' ? swapHeld : swapBeside;
  const swapped = await swap(parts, operation, change, prepared);
  if (swapped !== undefined) await takeOver(parts, operation, change, swapped);
}

async function swapToStandby(
  { slot, standby, probation }: ChangeParts,
  operation: Operation,
  ready: Generation,
): Promise<Swapped> {
  operation.enter('swap');
  operation.commit();
  probation.end('the model before it came back');
  const { idle } = standby.takeBack();
  return { next: ready, result: await slot.swap(ready, idle), wantedDtype: undefined };
}

/** The new model serves already: nothing that goes wrong from here on may look like a failed update. */
async function takeOver(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  { next, result, wantedDtype }: Swapped,
): Promise<void> {
  const { record, metrics, retirement, probation, standby } = parts;
  const { previous, lockHeldMs, held } = result;
  metrics.swapLock.observe(lockHeldMs / 1000);
  metrics.heldRequests.inc(held);
  operation.found({ lock_held_ms: Math.round(lockHeldMs * 1000) / 1000, held_requests: held });
  announce(next, metrics);
  operation.enter('persist');
  if (previous !== undefined) record.remember(entry(previous));
  const dtype = wantedDtype ?? change.target.dtype;
  const unkept = await record.swapped({ ...entry(next), ...(dtype && { dtype }) }, change.badBecause);
  noteUnkept(operation, record, unkept);
  const terms = change.kind === 'rollback' ? undefined : probation.terms(change.probation);
  const isWatched = terms !== undefined && previous !== undefined;
  const stays = isWatched && !previous.isClosed;
  if (stays) standby.keep(previous, record.state?.previous?.dtype);
  if (isWatched) probation.begin(next, previous, terms, operation);
  if (previous !== undefined) await retirement.retire(operation, previous, stays);
  await record.forgetUnreferenced();
  if (isWatched) operation.enter('probation');
}

function serves({ slot, record }: ChangeParts, { digest }: NamedModel, { target }: Change): boolean {
  const { state } = record;
  return slot.current?.identity.digest === digest && state?.dtype === target.dtype;
}

function entry({ identity }: Generation): { model: string; digest: string } {
  return { model: identity.reference, digest: identity.digest };
}

function noteUnkept(operation: Operation, record: ServingRecord, unkept: string | undefined): void {
  if (unkept !== undefined) operation.warn(`${unkept}. A restart would serve ${record.atRestart}.`);
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

import type { NamedModel } from '../../model/loadable-model.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { ChangeParts } from './change-parts.ts';
import type { UpdateOutcome } from './operations.ts';
import { preload } from './preload.ts';
import { swapModel } from './swap-model.ts';
import { tryOut } from './trial.ts';

/** The walk of a change: every step may fail, and none before the swap touches the model that serves. */
export async function changeModel(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
): Promise<Omit<UpdateOutcome, 'operation'>> {
  const { record } = parts;
  try {
    const staged = await stage(parts, operation, change);
    if (change.kind === 'preload') await preload(parts, operation, change, staged);
    else if (change.dryRun) await tryOut(parts, operation, change, staged);
    else if (!serves(parts, staged, change)) return await swapModel(parts, operation, change, staged);
  } catch (error) {
    const isCopied = operation.report.phases.some(({ phase }) => phase === 'fetch');
    if (isCopied) await record.forgetUnreferenced();
    throw error;
  }
  await record.forgetUnreferenced();
  const { state } = record;
  return { currentModel: state?.model ?? null, previousModel: state?.previous?.model ?? null };
}

/** Takes a private copy of the model, and refuses here what can't be wanted. */
async function stage(parts: ChangeParts, operation: Operation, change: Change): Promise<NamedModel> {
  const { preparation, record, gates } = parts;
  const staged = await preparation.stage(change.target, operation);
  if (change.force) return staged;
  const { dtype } = change.target;
  record.assertNotQuarantined({ digest: staged.digest, ...(dtype && { dtype }) });
  if (!serves(parts, staged, change)) await gates.requireUsableGolden(staged);
  return staged;
}

/** Whether it is what serves, in the form that is asked for. */
function serves({ slot, record }: ChangeParts, { digest }: NamedModel, { target }: Change): boolean {
  return slot.current?.identity.digest === digest && record.state?.dtype === target.dtype;
}

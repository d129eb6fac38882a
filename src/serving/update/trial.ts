import type { NamedModel } from '../../model/loadable-model.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ChangeParts } from './change-parts.ts';
import { compileStaged } from './compile-staged.ts';
import { settleMode } from './settle-mode.ts';
import { loadBeside } from './swap-beside.ts';
import { prestartForWindow } from './swap-held.ts';

/**
 * A dry run: an update that ends where it would touch what serves. The update that it is for finds the model compiled and measured.
 * A model before the one that serves stays at hand.
 */
export async function tryOut(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<void> {
  const prepared = await compileStaged(parts, operation, change, staged);
  await parts.modes.requireCardForWeights(prepared);
  const mode = await settleMode(parts, operation, change, prepared);
  const rehearse = mode === 'hold' ? rehearseHeld : rehearseBeside;
  await rehearse(parts, operation, change, prepared);
  await parts.preparation.keepAhead(staged);
}

async function rehearseBeside(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<void> {
  const next = await loadBeside(parts, operation, change, prepared);
  await next.close();
}

/** Ends where the window would begin. */
async function rehearseHeld(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<void> {
  const { prestarted } = await prestartForWindow(parts, operation, change, prepared);
  operation.warn('the two models do not fit beside each other: the scores of the new one were not looked at');
  await prestarted.prestart.close();
}

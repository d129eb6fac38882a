import type { NamedModel } from '../../model/loadable-model.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { ChangeParts } from './change-parts.ts';
import { compileStaged } from './compile-staged.ts';

/** Compiles a staged model as an update would, and has it wait for one. Nothing that serves is touched. */
export async function preload(
  parts: Pick<ChangeParts, 'preparation' | 'modes'>,
  operation: Operation,
  change: Change,
  staged: NamedModel,
): Promise<void> {
  await compileStaged(parts, operation, change, staged);
  operation.signal.throwIfAborted();
  await parts.preparation.keepAhead(staged);
}

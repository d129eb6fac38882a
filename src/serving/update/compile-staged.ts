import type { NamedModel } from '../../model/loadable-model.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ChangeParts } from './change-parts.ts';

/**
 * Compiles a staged model in the form that is asked for, and measures it, if there is room for that beside the model that serves.
 * @throws ServiceError invalid_model.
 */
export async function compileStaged(
  { preparation, modes }: Pick<ChangeParts, 'preparation' | 'modes'>,
  operation: Operation,
  { target }: Change,
  staged: NamedModel,
): Promise<PreparedModel> {
  return await preparation.compile(staged, operation, target.dtype, await modes.isTight(staged));
}

import type { ModelSlot } from '../../src/serving/slot/model-slot.ts';

/** Lets requests wait for their model, as in mode hold. @returns what ends it, with the same model. */
export async function holdSlot<M extends object>(slot: ModelSlot<M>): Promise<() => Promise<unknown>> {
  const opened = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const held = slot.replace(
    1_000,
    () => true,
    async (model) => {
      opened.resolve();
      await over.promise;
      return model;
    },
  );
  await opened.promise;
  return async () => {
    over.resolve();
    await held;
  };
}

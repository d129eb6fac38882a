import type { RequestHandler } from 'express';
import type { Generation, ModelIdentity } from '../../model/generation.ts';
import type { ModelSlot } from '../../serving/model-slot.ts';
import type { Updater } from '../../serving/updater.ts';

/** What the server can say about itself. */
export interface Catalogue {
  readonly slot: ModelSlot<Generation>;
  readonly updater: Updater;
  /** References of the models that an update could name. */
  readonly available: () => Promise<string[]>;
  readonly version: string;
  readonly limits: Readonly<Record<string, number>>;
}

/** GET /models: what serves, what served, what could. */
export function modelsRoute({ slot, updater, available }: Catalogue): RequestHandler {
  return async (_request, response) => {
    response.json({
      current: describe(slot.current?.identity),
      history: updater.history.map(({ model, digest, since }) => ({
        model,
        digest: `sha256:${digest}`,
        since,
      })),
      available: await available(),
    });
  };
}

/** GET /info: the model and the limits, in the field names of TEI where it has them. */
export function infoRoute({ slot, version, limits }: Catalogue): RequestHandler {
  return (_request, response) => {
    const generation = slot.current;
    const current = describe(generation?.identity);
    response.json({
      model_id: generation?.identity.reference ?? null,
      model_sha: generation?.identity.digest ?? null,
      model_dtype: generation?.identity.dtype ?? null,
      model_type: { reranker: { id2label: { '0': 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
      max_input_length: generation?.maxLength ?? null,
      ...limits,
      version,
      current,
      engines: { ready: generation?.readyEngines ?? 0, processes: generation?.enginePids ?? [] },
    });
  };
}

function describe(identity: ModelIdentity | undefined) {
  if (identity === undefined) return null;
  const { reference, digest, generation, device, dtype } = identity;
  return { model: reference, digest: `sha256:${digest}`, generation, device, dtype };
}

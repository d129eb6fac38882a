import type { RequestHandler } from 'express';
import type { Generation } from '../../model/generation.ts';
import { readGpuByRole } from '../../model/memory-by-role.ts';
import type { ModelIdentity } from '../../model/start-generation.ts';
import type { DeviceFallback } from '../../serving/device-fallback.ts';
import type { Probation } from '../../serving/probation/probation.ts';
import type { Standby } from '../../serving/probation/standby.ts';
import type { ModelSlot } from '../../serving/slot/model-slot.ts';
import type { ServingRecord } from '../../serving/state/serving-record.ts';
import type { Updater } from '../../serving/update/updater.ts';

/** What the server can say about itself. */
export interface Catalogue {
  readonly slot: ModelSlot<Generation>;
  readonly updater: Updater;
  readonly record: ServingRecord;
  readonly probation: Probation;
  readonly standby: Standby;
  /** References of the models that an update could name. */
  readonly available: () => Promise<string[]>;
  readonly version: string;
  /** Set while the CPU serves in place of a device that failed. */
  readonly fallback: () => DeviceFallback | undefined;
  readonly limits: Readonly<Record<string, number>>;
}

/** GET /models: what serves, what served, what could. */
export function modelsRoute(catalogue: Catalogue): RequestHandler {
  const { slot, record, available } = catalogue;
  return async (_request, response) => {
    response.json({
      current: describe(slot.current?.identity),
      history: record.history.map(prefixed),
      ...changes(catalogue),
      available: await available(),
    });
  };
}

/** GET /info: the model and the limits, in the field names of TEI where it has them. */
export function infoRoute(catalogue: Catalogue): RequestHandler {
  const { slot, version, limits, fallback } = catalogue;
  return async (_request, response) => {
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
      ...changes(catalogue),
      engines: { ready: generation?.readyEngines ?? 0, processes: generation?.enginePids ?? [] },
      gpu: await describeGpu(generation),
      device_fallback: fallback() ?? null,
    });
  };
}

/** What is under way, and what is left of earlier changes. */
function changes({ updater, record, probation, standby }: Catalogue) {
  const { identity } = standby;
  return {
    operation: updater.running?.report ?? null,
    probation: probation.report ?? null,
    standby: identity === undefined ? null : prefixed({ model: identity.reference, digest: identity.digest }),
    quarantined: record.quarantined.map(prefixed),
    unsaved: record.unsaved ?? null,
  };
}

/** Its memory, as it was within the last seconds. */
async function describeGpu(generation: Generation | undefined) {
  const gpu = await readGpuByRole(generation);
  if (gpu === undefined) return null;
  const { name, totalBytes, freeBytes, engineBytes } = gpu;
  return { name, total_bytes: totalBytes, free_bytes: freeBytes, model_bytes: engineBytes ?? null };
}

function prefixed<E extends { readonly digest: string }>(entry: E): E {
  return { ...entry, digest: `sha256:${entry.digest}` };
}

function describe(identity: ModelIdentity | undefined) {
  if (identity === undefined) return null;
  const { reference, digest, generation, device, dtype } = identity;
  return { model: reference, digest: `sha256:${digest}`, generation, device, dtype };
}

import type { Config } from '../config.ts';
import { bringModel } from './bring-model.ts';
import { field } from './report/layout.ts';
import { mebibytes } from './report/quantities.ts';

/**
 * `rerankd fetch REF`: brings, verifies and compiles a model without a server, so that a later update starts at its load.
 * @returns what to print: what came under which digest, as pins and RERANK_TRUSTED_DIGESTS want it.
 * @throws ServiceError that says what can't be had.
 */
export async function fetchModel(
  config: Config,
  { reference, json }: { readonly reference: string; readonly json: boolean },
): Promise<string> {
  const { reference: model, digest, dtype, weightBytes, seconds } = await bringModel(config, reference);
  if (json) {
    const report = { model, digest: `sha256:${digest}`, dtype, weight_bytes: weightBytes, seconds };
    return JSON.stringify(report, null, 2);
  }
  return [
    field('model', model),
    field('digest', `sha256:${digest}`),
    field('ready as', `${dtype}, ${mebibytes(weightBytes)} of weights`),
    field('took', `${seconds.toFixed(1)} s`),
    field('next', `rerankd update ${model}`),
  ].join('\n');
}

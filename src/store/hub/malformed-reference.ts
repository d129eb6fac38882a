import { ServiceError } from '../../errors.ts';

/** @param why completes "it can't be understood: …" */
export function malformedReference(text: string, why: string): ServiceError {
  return new ServiceError(
    'invalid_request',
    `${JSON.stringify(text)} is not a model reference that this server understands: ${why}`,
    {
      detail:
        'Use local://name for a directory below RERANK_MODELS_DIR, an absolute path inside it, org/name or hf://org/name@revision for a repository of the hub, or https://host/manifest.json#sha256=<64 hexadecimal digits>.',
    },
  );
}

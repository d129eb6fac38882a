import { PROVIDER, PROVIDER_BRIDGE, type ProviderFile } from './provider-files.ts';

/** One build of the provider. */
export interface KnownProvider {
  /** Where it is from, for people. */
  readonly origin: string;
  /** SHA-256 of each file, in hex. */
  readonly sha256: Readonly<Record<ProviderFile, string>>;
}

/** Builds of the CUDA provider by the version of ONNX Runtime. Taken from the wheels whose digests are pinned beside the installer. */
export const knownProviders: Readonly<Record<string, readonly KnownProvider[]>> = {
  '1.30.0': [
    {
      origin: 'the onnxruntime-gpu 1.30.0 wheel',
      sha256: {
        [PROVIDER]: '35da2e7ed0dd0d1aec5cdb16ce11a51d06c0c48cf62d1b1c9332946a4fae14fc',
        [PROVIDER_BRIDGE]: '086ec1d5388f64153d9c63470d126693db9a182c8ce236d3a1119068471b8a0d',
      },
    },
  ],
};

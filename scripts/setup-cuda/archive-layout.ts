import { PROVIDER_FILES, type ProviderFile } from '../../src/platform/cuda/provider-files.ts';

/** What an entry of an archive is taken for. */
export type Wanted =
  | { readonly kind: 'library'; readonly name: ProviderFile }
  | { readonly kind: 'version'; readonly read: (text: string) => string | undefined };

const libraries = PROVIDER_FILES.map((name) => name.replace('.', String.raw`\.`)).join('|');

/** Where the libraries lie: in a release archive, in a wheel of onnxruntime-gpu, in a NuGet package. */
const LIBRARY = new RegExp(
  String.raw`^(?:[^/]+/lib|onnxruntime/capi|runtimes/linux-x64/native)/(${libraries})$`,
);

/** Where the version is said, in the same three. */
const VERSIONS: readonly (readonly [RegExp, (text: string) => string | undefined])[] = [
  [/^[^/]+\/VERSION_NUMBER$/, (text) => text.trim()],
  [/^onnxruntime_gpu[^/]*\.dist-info\/METADATA$/, (text) => /^Version: *(\S+)\s*$/m.exec(text)?.[1]],
  [/^[^/]+\.nuspec$/, (text) => /<version>\s*([^<\s]+)\s*<\/version>/.exec(text)?.[1]],
];

/** What an entry is wanted for; undefined for all others. @param path without `./` before it */
export function wantedFor(path: string): Wanted | undefined {
  const name = LIBRARY.exec(path)?.[1];
  if (name !== undefined) return { kind: 'library', name: name as ProviderFile };
  const read = VERSIONS.find(([pattern]) => pattern.test(path))?.[1];
  return read === undefined ? undefined : { kind: 'version', read };
}

/** Does a path lead out of the folder into which an archive would be unpacked? */
export function isEscaping(path: string): boolean {
  return path.startsWith('/') || path.includes('\\') || path.split('/').includes('..');
}

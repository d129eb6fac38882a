import { join } from 'node:path';
import type { PublishedFile } from './manifest.ts';
import type { StoredManifest } from './stored-manifests.ts';

/** @returns paths of stored files with just that content. */
export function sameContent(stored: readonly StoredManifest[], { sha256, size }: PublishedFile): string[] {
  return stored.flatMap(({ directory, files }) =>
    files
      .filter((file) => file.sha256 === sha256 && file.size === size)
      .map(({ path }) => join(directory, path)),
  );
}

/**
 * @param stored the newest first
 * @param url where the new manifest comes from
 * @returns the path of the stored file that probably has the most in common with a new one: of the same name, from the
 * URL that shares most with the new one's, and of these the newest.
 */
export function oldVersion(
  stored: readonly StoredManifest[],
  url: URL,
  { path }: PublishedFile,
): string | undefined {
  let best: { readonly place: string; readonly shared: number } | undefined;
  for (const { url: from, directory, files } of stored) {
    if (!files.some((file) => file.path === path)) continue;
    const shared = sharedParts(url, from);
    if (best === undefined || shared > best.shared) best = { place: join(directory, path), shared };
  }
  return best?.place;
}

/** How many of the first parts two URLs have in common, the origin being the first. */
function sharedParts(one: URL, other: URL): number {
  const theirs = partsOf(other);
  const differs = partsOf(one).findIndex((part, place) => part !== theirs[place]);
  return differs === -1 ? theirs.length : differs;
}

function partsOf({ origin, pathname }: URL): string[] {
  return [origin, ...pathname.split('/').slice(1)];
}

import { isCommit } from './hub-names.ts';
import type { HubReference } from './hub-reference.ts';
import type { KnownRevisions } from './known-revisions.ts';
import { pinnedReference } from './model-at.ts';
import { formatReference, parseReference } from './model-reference.ts';
import { DEFAULT_REVISION } from './revision-resolver.ts';

/**
 * The pinned spellings of a reference to a hub, by what its branch or tag meant when it was last looked up. Nobody is asked.
 * @returns those of the model and of the whole commit; none for what is no such reference, or was never looked up.
 */
export async function knownMeanings(
  text: string,
  known: Pick<KnownRevisions, 'find'>,
): Promise<readonly string[]> {
  const reference = hubReference(text);
  if (reference === undefined) return [];
  const { id, revision = DEFAULT_REVISION, subpath } = reference;
  const commit = isCommit(revision) ? revision : (await known.find(id, revision))?.commit;
  if (commit === undefined) return [formatReference(reference)];
  return [pinnedReference({ id, commit, subpath }), pinnedReference({ id, commit, subpath: undefined })];
}

function hubReference(text: string): HubReference | undefined {
  try {
    const reference = parseReference(text);
    return reference.source === 'hub' ? reference : undefined;
  } catch {
    return undefined;
  }
}

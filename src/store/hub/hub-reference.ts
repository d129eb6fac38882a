import { isRepositoryId, isRevision } from './hub-names.ts';
import { malformedReference } from './malformed-reference.ts';

import { isInnerPath } from './safe-path.ts';

/** A model of a hub. */
export interface HubReference {
  readonly source: 'hub';
  /** `org/name`. */
  readonly id: string;
  /** Branch, tag, pull request (`refs/pr/1`) or commit; undefined is the default branch. */
  readonly revision: string | undefined;
  /** Folder of the model inside the repository. */
  readonly subpath: string | undefined;
  /** Written with `hf://`. Otherwise a directory of that name below a root comes first. */
  readonly explicit: boolean;
}

/** `org/name`, then perhaps `@revision`, then perhaps a folder. */
const FORM = /^([^/@]*\/[^/@]*)(?:@(refs\/(?:pr\/\d+|convert\/\w+)(?=\/|$)|[^/]*))?(?:\/(.*))?$/;

/**
 * @param rest the reference without its scheme
 * @param text the whole of it, for messages
 * @throws ServiceError invalid_request.
 */
export function parseHubReference(rest: string, text: string, explicit: boolean): HubReference {
  const [, id, encoded, folder] = FORM.exec(rest) ?? [];
  if (id === undefined || !isRepositoryId(id)) {
    throw malformedReference(text, 'a repository of the hub is named org/name');
  }
  if (folder !== undefined && !explicit) {
    throw malformedReference(
      text,
      `a folder needs hf:// (hf://${rest}), and slashes in a revision are written as %2F`,
    );
  }
  const revision = encoded === undefined ? undefined : decode(encoded);
  if (revision !== undefined && !isRevision(revision)) {
    throw malformedReference(text, `"${encoded}" can't be the name of a branch, tag or commit`);
  }
  const subpath = folder?.replace(/\/+$/, '');
  if (subpath !== undefined && subpath !== '' && !isFolder(subpath)) {
    throw malformedReference(text, `"${subpath}" can't be a folder of a repository`);
  }
  return { source: 'hub', id, revision, subpath: subpath === '' ? undefined : subpath, explicit };
}

/** Percent signs are refused so that nothing is decoded twice somewhere. */
function isFolder(path: string): boolean {
  return isInnerPath(path) && !/[%?#@]/.test(path);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

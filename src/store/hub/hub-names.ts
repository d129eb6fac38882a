/** One part of a repository id, by the rules of huggingface_hub's validate_repo_id. */
const ID_PART = /^\w(?:[\w.-]{0,94}\w)?$/;

/** Names that git allows, less what would need escaping somewhere. */
const REVISION = /^[\w][\w.+@=,-]*(?:\/[\w][\w.+@=,-]*)*$/;

const MAX_REVISION_LENGTH = 200;

/**
 * True for `org/name` as the hub allows it. `--` is forbidden there because it stands for the slash in names of cache
 * folders: with it, two ids could share a folder.
 */
export function isRepositoryId(text: string): boolean {
  const parts = text.split('/');
  return (
    parts.length === 2 &&
    parts.every((part) => ID_PART.test(part)) &&
    !text.includes('--') &&
    !text.includes('..') &&
    !text.endsWith('.git')
  );
}

/** True for the full name of a commit: what never changes its meaning. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** True for a branch, tag, commit or pull request that can be named in a URL and in a path of the cache. */
export function isRevision(text: string): boolean {
  return text.length <= MAX_REVISION_LENGTH && REVISION.test(text) && !text.includes('..');
}

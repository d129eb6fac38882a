import { isAbsolute, posix, resolve } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { isRepositoryId } from './hub-names.ts';
import { type HubReference, parseHubReference } from './hub-reference.ts';
import { malformedReference } from './malformed-reference.ts';
import { type ManifestReference, parseManifestReference } from './manifest-reference.ts';
import { isPlainText } from './safe-path.ts';

/** Where a model may come from. */
export type ModelReference =
  | { readonly source: 'local' /** Path below a root, normalised. */; readonly name: string }
  | { readonly source: 'path' /** Absolute, normalised. */; readonly path: string }
  | HubReference
  | ManifestReference;

const MAX_LENGTH = 4096;

/** Revisions with slashes that need no escaping, because nothing else looks like them. */
const SPECIAL_REVISION = /^refs\/(?:pr\/\d+|convert\/\w+)$/;

/**
 * Understands `local://name`, an absolute path, a path that starts with a dot (relative to the working directory), a bare
 * name, `org/name[@revision]`, `hf://org/name[@revision][/folder]` and `https://host/…/manifest.json#sha256=<64 hex>`.
 * Slashes in a revision are written as %2F, but for `refs/pr/1`.
 * @throws ServiceError invalid_request that says what is wrong, or forbidden_reference for a name that leaves its root.
 */
export function parseReference(text: string): ModelReference {
  const trimmed = text.trim();
  if (trimmed === '') throw malformedReference(text, 'it is empty');
  if (trimmed.length > MAX_LENGTH) {
    throw malformedReference(`${trimmed.slice(0, 64)}…`, `it is longer than ${MAX_LENGTH} characters`);
  }
  if (!isPlainText(trimmed)) {
    throw malformedReference(trimmed, 'it holds a backslash, or a character that is not seen');
  }
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(trimmed) ?? [];
  if (scheme === undefined) return parseBare(trimmed);
  if (scheme === 'local') return parseLocal(rest, trimmed);
  if (scheme === 'hf') return parseHubReference(rest, trimmed, true);
  if (scheme === 'https' || scheme === 'http') return parseManifestReference(trimmed);
  throw malformedReference(trimmed, `"${scheme}://" is not known`);
}

/** The canonical text: `parseReference` of it gives the same reference. */
export function formatReference(reference: ModelReference): string {
  if (reference.source === 'local') return `local://${reference.name}`;
  if (reference.source === 'path') return reference.path;
  if (reference.source === 'hub') return formatHub(reference);
  return `${reference.url.href}#sha256=${reference.sha256}`;
}

function formatHub({ id, revision, subpath, explicit }: HubReference): string {
  const at = revision === undefined ? '' : `@${formatRevision(revision)}`;
  const folder = subpath === undefined ? '' : `/${subpath}`;
  return `${explicit || subpath !== undefined ? 'hf://' : ''}${id}${at}${folder}`;
}

function formatRevision(revision: string): string {
  return SPECIAL_REVISION.test(revision) ? revision : encodeURIComponent(revision);
}

function parseBare(text: string): ModelReference {
  if (isAbsolute(text) || /^\.\.?(?:\/|$)/.test(text)) {
    return { source: 'path', path: withoutSpaceAtEnd(resolve(text), text) };
  }
  const [id = ''] = text.replace(/\/+$/, '').split('@', 1);
  if (isRepositoryId(id)) return parseHubReference(text.replace(/\/+$/, ''), text, false);
  return parseLocal(text, text);
}

function parseLocal(rest: string, text: string): ModelReference {
  if (rest === '' || isAbsolute(rest)) throw malformedReference(text, 'the name of a directory is missing');
  const name = posix.normalize(rest).replace(/\/+$/, '');
  if (name === '.' || name === '..' || name.startsWith('../')) {
    throw new ServiceError('forbidden_reference', `"${text}" leads outside the model directories`, {
      detail: 'Models may be loaded from the directories in RERANK_MODELS_DIR.',
    });
  }
  return { source: 'local', name: withoutSpaceAtEnd(name, text) };
}

/** White space around a reference is left out: such a name would be another one as soon as it is written down and read again. */
function withoutSpaceAtEnd(name: string, text: string): string {
  if (name === name.trimEnd()) return name;
  throw malformedReference(text, 'the name of the directory ends in white space; rename it');
}

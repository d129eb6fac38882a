import { type Content, sha256Of } from './content.ts';
import { faultOf } from './faults.ts';
import type { Commit, HubFile, HubRepository } from './repository.ts';
import { applyHeaderFaults, type Sending, sendContent } from './send-content.ts';

/** What the routes know of the hub that they belong to. */
export interface HubState {
  readonly repositories: ReadonlyMap<string, HubRepository>;
  /** Files at any path of the second origin, as a static server has them. */
  readonly published: ReadonlyMap<string, Content>;
  readonly origin: () => string;
  readonly cdnOrigin: () => string;
  readonly treePageEntries: number;
}

export async function answerHub(state: HubState, sending: Sending): Promise<void> {
  const { pathname } = new URL(sending.seen.path, 'http://hub');
  const api = /^\/api\/models\/(.+?)(?:\/(revision|tree)\/([^/]+)(?:\/(.*))?)?$/.exec(pathname);
  if (api) return answerApi(state, sending, api.slice(1).map(decode));
  const resolve = /^\/(.+?)\/(resolve|raw)\/([^/]+)\/(.+)$/.exec(pathname);
  if (resolve) return await answerResolve(state, sending, resolve.slice(1).map(decode));
  fail(sending, 404, 'EntryNotFound', 'no such page');
}

/** Large files, by their hash, and whatever was published. */
export async function answerCdn(state: HubState, sending: Sending): Promise<void> {
  const { pathname } = new URL(sending.seen.path, 'http://cdn');
  const published = state.published.get(pathname);
  if (published) return await sendContent(sending, published, `"${sha256Of(published)}"`);
  const sha256 = pathname.slice(1);
  for (const repository of state.repositories.values()) {
    const file = repository.fileWithSha256(sha256);
    if (file) return await sendContent(sending, file.content, `"${sha256}"`);
  }
  fail(sending, 403, undefined, 'no such object');
}

function answerApi(state: HubState, sending: Sending, [id = '', what, revision = '']: string[]): void {
  const found = find(state, sending, id, revision || 'main');
  if (!found) return;
  const { repository, commit } = found;
  if (what === 'tree') return sendTree(state, sending, commit);
  sendJson(sending, {
    _id: '0123456789abcdef01234567',
    id,
    modelId: id,
    sha: commit.sha,
    private: repository.access === 'private',
    gated: repository.access === 'gated' ? 'manual' : false,
    disabled: false,
    lastModified: '2026-01-01T00:00:00.000Z',
    tags: [],
    siblings: [...commit.files.keys()].map((rfilename) => ({ rfilename })),
  });
}

function sendTree(state: HubState, sending: Sending, commit: Commit): void {
  const url = new URL(sending.seen.path, state.origin());
  const entries = [...commit.files.values()].map(treeEntry);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const to = from + Math.min(state.treePageEntries, Number(url.searchParams.get('limit') ?? entries.length));
  if (to < entries.length) {
    url.searchParams.set('cursor', String(to));
    sending.response.setHeader('link', `<${url.href}>; rel="next"`);
  }
  sending.response.setHeader('x-repo-commit', commit.sha);
  sendJson(sending, entries.slice(from, to));
}

function treeEntry({ path, content, gitSha1, sha256 }: HubFile) {
  const entry = { type: 'file', oid: gitSha1, size: content.size, path };
  return sha256 === undefined
    ? entry
    : { ...entry, lfs: { oid: sha256, size: content.size, pointerSize: 134 } };
}

async function answerResolve(
  state: HubState,
  sending: Sending,
  [id = '', , revision = '', path = '']: string[],
): Promise<void> {
  const found = find(state, sending, id, revision);
  if (!found) return;
  const file = found.commit.files.get(path);
  const { response, faults } = sending;
  response.setHeader('x-repo-commit', found.commit.sha);
  if (!file) return fail(sending, 404, 'EntryNotFound', 'Entry not found');
  if (file.sha256 === undefined) return await sendContent(sending, file.content, `"${file.gitSha1}"`);
  const etag = faultOf(faults, 'etag')?.value ?? `"${file.sha256}"`;
  response.setHeader('x-linked-size', file.content.size);
  response.setHeader('x-linked-etag', etag);
  response.setHeader('etag', etag);
  response.setHeader('location', `${state.cdnOrigin()}/${file.sha256}?signature=secret-of-the-url`);
  applyHeaderFaults(response, faults);
  response.writeHead(302).end();
}

/** The repository at a revision, or an answer that says why not, in the hub's words. */
function find(state: HubState, sending: Sending, id: string, revision: string) {
  const repository = state.repositories.get(id);
  const token = /^Bearer (.+)$/.exec(sending.seen.authorization ?? '')?.[1];
  const mayRead = repository?.mayRead(token) ?? false;
  if (!repository || (repository.access === 'private' && !mayRead)) {
    fail(sending, token === undefined ? 401 : 404, 'RepoNotFound', 'Repository not found');
    return undefined;
  }
  const isContentRequest = !sending.seen.path.includes(`/api/models/${id}`);
  if (!mayRead && isContentRequest) {
    fail(sending, token === undefined ? 401 : 403, 'GatedRepo', `Access to model ${id} is restricted`);
    return undefined;
  }
  const commit = repository.at(revision);
  if (!commit) {
    fail(sending, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    return undefined;
  }
  return { repository, commit };
}

export function fail(
  { response, faults }: Sending,
  status: number,
  code: string | undefined,
  message: string,
): void {
  if (code !== undefined) response.setHeader('x-error-code', code);
  response.setHeader('x-error-message', message);
  response.setHeader('content-type', 'application/json');
  applyHeaderFaults(response, faults);
  response.writeHead(status).end(JSON.stringify({ error: message }));
}

function sendJson({ response, seen, faults }: Sending, answer: unknown): void {
  const replaced = faultOf(faults, 'json')?.replace(answer) ?? answer;
  const text = typeof replaced === 'string' ? replaced : JSON.stringify(replaced);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  applyHeaderFaults(response, faults);
  seen.bytesSent = Buffer.byteLength(text);
  response.writeHead(200).end(text);
}

function decode(text: string | undefined): string {
  return decodeURIComponent(text ?? '');
}

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  gitSha1Of,
  givenContent,
  joinedContent,
  seededContent,
  sha256Of,
  sliceOf,
} from '../support/fake-hub/content.ts';
import { startFakeHub } from '../support/fake-hub/fake-hub.ts';

const weights = seededContent('weights', 300_000);

async function hubWithModel() {
  const hub = await startFakeHub({ treePageEntries: 2 });
  const repository = hub.repository('acme/reranker');
  const sha = repository.commit({
    'config.json': '{}',
    'model.safetensors': weights,
    'tokenizer.json': '{"a":1}',
  });
  return { hub, repository, sha, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

test('content can be read from anywhere', () => {
  const whole = weights.read(0, weights.size);
  expect(weights.read(65_537, 70_001)).toEqual(whole.subarray(65_537, 70_001));
  expect(sha256Of(weights)).toBe(createHash('sha256').update(whole).digest('hex'));
  const edited = joinedContent(seededContent('header', 37), sliceOf(weights, 10));
  expect(edited.size).toBe(300_027);
  expect(edited.read(30, 50)).toEqual(
    Buffer.concat([seededContent('header', 37).read(30, 37), whole.subarray(10, 23)]),
  );
});

test('revisions and trees are answered page by page', async () => {
  await using at = await hubWithModel();
  const revision = await fetch(`${at.hub.origin}/api/models/acme/reranker/revision/main`);
  expect(await revision.json()).toMatchObject({
    sha: at.sha,
    siblings: [{ rfilename: 'config.json' }, {}, {}],
  });
  const first = await fetch(`${at.hub.origin}/api/models/acme/reranker/tree/${at.sha}?recursive=true`);
  const entries = (await first.json()) as unknown[];
  expect(entries).toHaveLength(2);
  expect(entries[1]).toMatchObject({
    path: 'model.safetensors',
    size: 300_000,
    lfs: { oid: sha256Of(weights), size: 300_000 },
  });
  const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(await (await fetch(next)).json()).toMatchObject([{ path: 'tokenizer.json', size: 7 }]);
});

test('small files come from the hub, large ones by redirect from another origin, ranges included', async () => {
  await using at = await hubWithModel();
  const small = await fetch(`${at.hub.origin}/acme/reranker/resolve/main/config.json`);
  expect(small.headers.get('x-repo-commit')).toBe(at.sha);
  expect(small.headers.get('etag')).toBe(`"${gitSha1Of(givenContent('{}'))}"`);
  const url = `${at.hub.origin}/acme/reranker/resolve/${at.sha}/model.safetensors`;
  const head = await fetch(url, { method: 'HEAD', redirect: 'manual' });
  expect(head.status).toBe(302);
  expect(head.headers.get('x-linked-etag')).toBe(`"${sha256Of(weights)}"`);
  expect(head.headers.get('x-linked-size')).toBe('300000');
  const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe('bytes 100-199/300000');
  expect(Buffer.from(await part.arrayBuffer())).toEqual(weights.read(100, 200));
  expect(at.hub.requests.all.at(-1)).toMatchObject({ server: 'cdn', range: 'bytes=100-199', bytesSent: 100 });
});

test('repositories may be gated or private', async () => {
  await using hub = await startFakeHub();
  const gated = hub.repository('acme/gated', 'gated');
  gated.commit({ 'config.json': '{}' });
  hub.repository('acme/private', 'private').commit({ 'config.json': '{}' });
  gated.readers.add('hf_good');
  const status = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${hub.origin}${path}`, { headers });
    return [answer.status, answer.headers.get('x-error-code')];
  };
  expect(await status('/acme/gated/resolve/main/config.json')).toEqual([401, 'GatedRepo']);
  expect(await status('/acme/gated/resolve/main/config.json', 'hf_other')).toEqual([403, 'GatedRepo']);
  expect(await status('/acme/gated/resolve/main/config.json', 'hf_good')).toEqual([200, null]);
  expect(await status('/api/models/acme/private/revision/main')).toEqual([401, 'RepoNotFound']);
  expect(await status('/api/models/acme/private/revision/main', 'hf_other')).toEqual([404, 'RepoNotFound']);
  expect(await status('/acme/gated/resolve/v9/config.json', 'hf_good')).toEqual([404, 'RevisionNotFound']);
  expect(await status('/acme/gated/resolve/main/none', 'hf_good')).toEqual([404, 'EntryNotFound']);
});

test('faults meet the requests that they are meant for, as often as told', async () => {
  await using at = await hubWithModel();
  const url = `${at.hub.origin}/acme/reranker/resolve/main/model.safetensors`;
  at.hub.fault({ path: 'model.safetensors', times: 2 }, { kind: 'status', status: 503, retryAfter: '7' });
  expect((await fetch(url)).headers.get('retry-after')).toBe('7');
  expect((await fetch(url)).status).toBe(503);
  at.hub.fault({ path: sha256Of(weights) }, { kind: 'flip', at: 70_000 });
  const flipped = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(flipped.compare(weights.read(0, 300_000))).not.toBe(0);
  expect(flipped.subarray(70_001)).toEqual(weights.read(70_001, 300_000));
  at.hub.fault({ path: sha256Of(weights) }, { kind: 'drop', afterBytes: 1000 });
  const dropped = await fetch(url);
  await expect(dropped.arrayBuffer()).rejects.toThrow(/terminated/);
  at.hub.dieAfter(100_000);
  await expect(fetch(url).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  await expect(fetch(url)).rejects.toThrow();
  await at.hub.revive();
  expect((await fetch(url)).status).toBe(200);
});

import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiDocument } from '../support/api-document.ts';
import { openDoor } from '../support/door.ts';

let page: string;
let policy: string;

beforeEach(async () => {
  const { body, headers } = await (await openDoor()).client.get<string>('/docs');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  page = body;
  policy = headers.get('content-security-policy') ?? '';
});

describe('GET /docs', () => {
  it('needs nothing but itself: no script, no file, no other host', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|@import|url\(/i);
    const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address ?? '');
    expect(addresses.length).toBeGreaterThan(100);
    expect(addresses.filter((address) => !address.startsWith('#'))).toEqual(['openapi.json']);
  });

  it('has a policy that allows its style, and nothing unsafe', () => {
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('has every operation and every schema, and no link that leads nowhere', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    const api = new ApiDocument();
    const { schemas } = api.document.components as { schemas: object };
    const wanted = [
      ...api.operations.map(({ operationId }) => operationId),
      ...Object.keys(schemas).map((name) => `schema-${name}`),
    ];
    expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('shows examples that can be typed into a shell, and text as text', () => {
    expect(page).toContain(
      "curl -s http://127.0.0.1:8000/rerank -H 'Content-Type: application/json' -d '{\n",
    );
    expect(page).not.toMatch(/\[object Object\]|undefined/);
    expect(page).toContain('org/name of a hub');
  });
});

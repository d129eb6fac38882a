import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { type Identity, setIdentity } from '../../src/http/access/identity.ts';
import { callerOf } from '../../src/http/caller.ts';

function caller(headers: Readonly<Record<string, string>> = {}, identity?: Identity) {
  const get = (name: string) => headers[name.toLowerCase()];
  const request = { get, socket: { remoteAddress: '10.0.0.7' } } as unknown as Request;
  if (identity !== undefined) setIdentity(request, identity);
  return callerOf(request);
}

describe('who asks for a change', () => {
  it.each<[Identity | undefined, string]>([
    [undefined, 'local from 10.0.0.7'],
    [{ kind: 'local' }, 'local from 10.0.0.7'],
    [{ kind: 'admin', id: 'default' }, 'admin key from 10.0.0.7'],
    [{ kind: 'admin', id: 'ops' }, 'admin key ops from 10.0.0.7'],
    [{ kind: 'api', id: 'search' }, 'key search from 10.0.0.7'],
  ])('is told as the guard of the route found it: %j', (identity, by) => {
    expect(caller({}, identity)).toEqual({ by, idempotencyKey: undefined });
  });

  it('is not whoever a header names: junk that was never looked at makes nobody an administrator', () => {
    expect(caller({ authorization: 'Bearer None' }, { kind: 'local' }).by).toBe('local from 10.0.0.7');
  });

  it('is told although the connection is gone', () => {
    const request = { get: () => undefined, socket: {} };
    expect(callerOf(request as unknown as Request).by).toBe('local from unknown');
  });

  it('may give the request a name', () => {
    expect(caller({ 'idempotency-key': 'k' }).idempotencyKey).toBe('k');
    expect(caller({ 'idempotency-key': 'k'.repeat(200) }).idempotencyKey).toHaveLength(200);
    for (const key of ['', 'k'.repeat(201)]) {
      expect(() => caller({ 'idempotency-key': key })).toThrow(
        expect.objectContaining({ type: 'invalid_request', message: expect.stringContaining('1 to 200') }),
      );
    }
  });
});

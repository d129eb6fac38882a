import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../src/http/caller.ts';

function caller(
  headers: Readonly<Record<string, string>> = {},
  remoteAddress: string | undefined = '10.0.0.7',
) {
  const request = { get: (name: string) => headers[name.toLowerCase()], socket: { remoteAddress } };
  return callerOf(request as unknown as Request);
}

describe('who asks for a change', () => {
  it.each<[object, string]>([
    [{}, 'local from 10.0.0.7'],
    [{ authorization: 'Bearer secret' }, 'admin key from 10.0.0.7'],
    [{ 'api-key': 'secret' }, 'admin key from 10.0.0.7'],
    [{ 'x-api-key': 'secret' }, 'admin key from 10.0.0.7'],
  ])('with %j is told without the key itself', (headers, by) => {
    expect(caller({ ...headers })).toEqual({ by, idempotencyKey: undefined });
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

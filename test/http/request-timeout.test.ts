import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { requestTimeoutMs } from '../../src/http/request-timeout.ts';

function timeoutOf(body: unknown, header?: string): number | undefined {
  return requestTimeoutMs({ body, get: () => header } as unknown as Request);
}

describe('the time that a client gives a request', () => {
  it.each([
    [{}, undefined, undefined],
    [{ timeout_ms: 250 }, undefined, 250],
    [{ timeout_ms: 250 }, '9', 250],
    [{ timeout_ms: null }, '2', 2000],
    [{}, '0.5', 500],
    [{}, ' 500ms ', 500],
    [{}, '2S', 2000],
  ])('is read from %j and "%s"', (body, header, expected) => {
    expect(timeoutOf(body, header)).toBe(expected);
  });

  it.each([
    [{ timeout_ms: 'soon' }, undefined, /timeout_ms: must be a number/],
    [{ timeout_ms: -1 }, undefined, /timeout_ms: must be above 0/],
    [{}, 'soon', /X-Request-Timeout is "soon"/],
    // The body goes first, but a header that can't be read is a mistake all the same.
    [{ timeout_ms: 250 }, 'soon', /X-Request-Timeout is "soon"/],
    [{}, '0', /no time/],
    [{}, '-3', /no time/],
  ])('is refused in %j and "%s"', (body, header, message) => {
    expect(() => timeoutOf(body, header)).toThrow(
      expect.objectContaining({ type: 'invalid_request', message: expect.stringMatching(message) }),
    );
  });
});

import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import { type ExtraSources, hashSource, securePage } from '../../../src/http/access/page-headers.ts';

function headersOf(extra?: ExtraSources): Record<string, string> {
  const headers: Record<string, string> = {};
  securePage({ set: (given: object) => Object.assign(headers, given) } as unknown as Response, extra);
  return headers;
}

describe('a page', () => {
  it('may load what this server has, and be shown in no frame', () => {
    const { 'Content-Security-Policy': policy, ...others } = headersOf();
    const directives = policy?.split('; ');
    expect(directives).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
    expect(others).toMatchObject({
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
    });
  });

  it('may have scripts of its own by their hash', () => {
    // As `printf 'alert(1)' | openssl dgst -sha256 -binary | base64` has it.
    const source = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
    expect(hashSource('alert(1)')).toBe(source);
    expect(headersOf({ 'script-src': [source] })['Content-Security-Policy']).toContain(
      `script-src 'self' ${source};`,
    );
  });

  it.each(["'unsafe-inline'", "'unsafe-eval'", '*', 'https:', 'x; script-src *'])(
    'may not undo the policy with %s',
    (source) => {
      expect(() => headersOf({ 'script-src': [source] })).toThrow(/no place/);
    },
  );
});

import { createHash } from 'node:crypto';
import type { Response } from 'express';

type Directive = 'script-src' | 'style-src' | 'img-src' | 'font-src' | 'connect-src' | 'worker-src';

/** What a page needs besides files of this server itself, such as `data:` for images, or `hashSource` of an inline script. */
export type ExtraSources = Partial<Readonly<Record<Directive, readonly string[]>>>;

const SOURCES: Readonly<Record<Directive, readonly string[]>> = {
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
};

/**
 * Sets the security headers of an HTML page: nothing but this server's own files, no frame around it, no guessing of types, no
 * address in the Referer.
 * @throws Error for sources that would undo the policy. That is a mistake in the code, found by the first test of the page.
 */
export function securePage(response: Response, extra: ExtraSources = {}): void {
  const policy = Object.entries(SOURCES).map(([directive, own]) => {
    const added = extra[directive as Directive] ?? [];
    const unsafe = added.find((source) => /'unsafe-(inline|eval)'|^\*$|^https?:$|[;,\s]/.test(source));
    if (unsafe !== undefined)
      throw new Error(`the source ${unsafe} has no place in a content security policy`);
    return `${directive} ${[...own, ...added].join(' ')}`;
  });
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      ...policy,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    // For browsers that don't know frame-ancestors.
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  });
}

/** The source expression for an inline script or style with exactly this text (CSP Level 3, section 2.3.1). */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

import type { Response } from 'express';
import { securePage } from '../access/page-headers.ts';

/**
 * On top of what holds for every page; where there are several policies, all of them hold (W3C Content Security Policy Level 3).
 * Scripts may not turn text into markup at all (W3C Trusted Types), so that names of models and texts of documents stay text.
 */
const STRICTER = [
  "img-src 'self'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Sets the security headers of the console. */
export function secureConsole(response: Response): void {
  securePage(response);
  response.append('Content-Security-Policy', STRICTER);
}

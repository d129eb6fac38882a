import type { RequestHandler } from 'express';
import { CachedText } from '../openapi/cached-text.ts';
import { openApiDocument } from '../openapi/document.ts';

/** GET /openapi.json: what the server can be asked, for programs. */
export function openApiRoute(version: string): RequestHandler {
  const text = new CachedText(() => JSON.stringify(openApiDocument(version)));
  return (_request, response) => text.send(response, 'json');
}

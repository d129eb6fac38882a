import type { RequestHandler } from 'express';
import { hashSource, securePage } from '../access/page-headers.ts';
import { CachedText } from '../openapi/cached-text.ts';
import { openApiDocument } from '../openapi/document.ts';
import { docsPage } from '../openapi/page/docs-page.ts';
import { STYLE } from '../openapi/page/style.ts';

/** GET /docs: the same for people. One file, without a script and without anything from elsewhere. */
export function docsRoute(version: string): RequestHandler {
  const page = new CachedText(() => docsPage(openApiDocument(version)));
  const style = hashSource(STYLE);
  return (_request, response) => {
    securePage(response, { 'style-src': [style] });
    page.send(response, 'html');
  };
}

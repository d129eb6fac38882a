import { describedOperations, type OpenApiDocument } from '../document.ts';
import { type Html, html, joined } from './html.ts';
import { operationView } from './operation-view.ts';
import { type Schema, schemaView } from './schema-view.ts';
import { STYLE } from './style.ts';

/** The document as one HTML file that needs nothing else. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags, components } = document;
  const body = html`<h1>${info.title} <small>${info.version}</small></h1>
<p>${info.summary}. For programs: <a href="openapi.json">openapi.json</a>, ${`OpenAPI ${document.openapi}`}.</p>
${info.description.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`)}
<nav>${joined(
    tags.map(({ name }) => html`<a href="#${anchorOf(name)}">${name}</a>`),
    ' · ',
  )} · <a href="#schemas">Schemas</a></nav>
${tags.map(({ name, description }) => tagSection(name, description))}<section><h2 id="schemas">Schemas</h2>
<p class="quiet">Null counts as absent in optional fields of requests.</p>
${Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema as Schema))}</section>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>rerankd: API</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>
`;
}

function tagSection(name: string, description: string): Html {
  const operations = describedOperations.filter(({ tag }) => tag === name);
  return html`<section><h2 id="${anchorOf(name)}">${name}</h2><p class="quiet">${description}.</p>
${operations.map(operationView)}</section>
`;
}

function schemaSection(name: string, schema: Schema): Html {
  const description = schema.description === undefined ? undefined : html`<p>${schema.description}.</p>`;
  return html`<article id="schema-${name}"><h3>${name}</h3>${description}${schemaView(schema)}</article>
`;
}

function anchorOf(tag: string): string {
  return tag.toLowerCase().replaceAll(' ', '-');
}

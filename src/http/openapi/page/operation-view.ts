import { errors, parameters } from '../common-parts.ts';
import type { Audience, DescribedAnswer, DescribedOperation, Example } from '../described-operation.ts';
import { openApiPath, statusesOfErrors } from '../document.ts';
import { schemaPointer } from '../schemas/named-schemas.ts';
import { type Html, html, joined } from './html.ts';
import { schemaLink } from './schema-view.ts';

const AUDIENCES: Readonly<Record<Audience, string>> = {
  everybody: 'Anybody may ask.',
  api: 'Needs an API key, where the server has one.',
  admin: 'For administrators.',
};

/** One route, folded up to a line. */
export function operationView(operation: DescribedOperation): Html {
  const { method, path, id, summary, description, audience, request, answers } = operation;
  return html`<details id="${id}"><summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${openApiPath(path)}</code> <span>${summary}</span></summary>
<div>${description === undefined ? undefined : html`<p>${description}</p>`}<p class="quiet">${AUDIENCES[audience]}</p>
${operation.parameters === undefined ? undefined : parametersView(operation.parameters)}${request === undefined ? undefined : html`<p>The body is a ${schemaLinks(request.schemas)}${request.isRequired ? '' : ', or missing'}.</p>`}
${examplesView(operation)}
<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>${Object.entries(answers).map(([status, answer]) => answerRow(status, answer))}${statusesOfErrors(operation).map(errorRow)}</tbody></table></div></details>
`;
}

function parametersView(names: readonly string[]): Html {
  const rows = names.map((name) => {
    const { name: shown, in: place, description } = parameters[name] as Readonly<Record<string, string>>;
    return html`<tr><td><code>${shown}</code></td><td>${place}</td><td>${description}</td></tr>`;
  });
  return html`<table><thead><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function schemaLinks(names: readonly Parameters<typeof schemaPointer>[0][]): Html {
  return joined(
    names.map((name) => schemaLink(schemaPointer(name))),
    ' or ',
  );
}

function examplesView({ method, path, request }: DescribedOperation): readonly Html[] {
  const url = `http://127.0.0.1:8000${openApiPath(path)}`;
  if (request === undefined) {
    return [html`<pre>curl -s ${method === 'GET' ? '' : `-X ${method} `}${url}</pre>`];
  }
  return Object.values(request.examples).map((example) => exampleView(url, example));
}

function exampleView(url: string, { summary, value }: Example): Html {
  const body = JSON.stringify(value, null, 2).replaceAll("'", String.raw`'\''`);
  return html`<p>${summary}:</p><pre>curl -s ${url} -H 'Content-Type: application/json' -d '${body}'</pre>`;
}

function answerRow(status: string, { description, schemas, mediaType }: DescribedAnswer): Html {
  const form = schemas === undefined ? mediaType : schemaLinks(schemas);
  return html`<tr><td>${status}</td><td>${description}${form === undefined ? undefined : html`: ${form}`}</td></tr>`;
}

function errorRow(status: number): Html {
  return html`<tr class="quiet"><td>${status}</td><td>${errors[status]?.description}</td></tr>`;
}

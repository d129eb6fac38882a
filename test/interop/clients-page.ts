import type { Outcome } from './outcome.ts';

/** docs/clients.md, out of what a run found. */
export function clientsPage(outcomes: readonly Outcome[]): string {
  const isRecorded = ({ version }: Outcome): boolean => version === 'recorded';
  return `# Clients

Who can ask rerankd for scores as they are, and how that is known.

<!-- Written by "npm run test:interop -- --write" out of what the run found. -->

## Real clients, against a real server

\`npm run test:interop\` installs these, points each at a server, and compares its ranking with that of a plain request, score by
score. Where the client can, it also asks for fewer documents, for the documents themselves, and with a wrong key.

${table(outcomes.filter((outcome) => !isRecorded(outcome)))}

## Recorded requests

These are no packages, or can't be pointed elsewhere from a test. What they send and what their parsers need was read from
their sources; \`test/clients/recorded/\` has it. The requests are replayed, and the answers are read as the client does: each part
without which it would fail is taken out once, to see that the check notices.

${table(outcomes.filter(isRecorded))}

## How to point a client here

Give it the address of the server as base URL: \`http://127.0.0.1:8000\`, with \`/v1\` or \`/v2\` behind it where the client appends only
\`/rerank\`. Any model name will do; the answer names the model that served. Any key will do too while no API key is set.
`;
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ client, version, dialect, passed, note }) =>
    row([client, version, code(dialect), passed ? 'passed' : '**failed**', note ?? '']),
  );
  return [row(['Client', 'Version', 'Dialect', 'Result', 'Note']), '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The endpoint as code: `POST /v1/rerank`, Cohere v1. */
function code(dialect: string): string {
  return dialect.replace(/^[^,]+/, (endpoint) => `\`${endpoint}\``);
}

/** Runs every case against the server at RERANK_INTEROP_URL, and prints one line of JSON for each. */
import { readFileSync } from 'node:fs';
import type { Case, Server } from './case.ts';
import { aiSdkCases } from './cases/ai-sdk.ts';
import { cohereCases } from './cases/cohere.ts';
import { langchainCases } from './cases/langchain.ts';
import { llamaindexCases } from './cases/llamaindex.ts';
import { voyageCases } from './cases/voyage.ts';

const cases = [...cohereCases, ...langchainCases, ...llamaindexCases, ...aiSdkCases, ...voyageCases];
const { RERANK_INTEROP_SERVER = '{}' } = process.env;
const server = JSON.parse(RERANK_INTEROP_SERVER) as Server;

for (const one of cases) {
  const { client, packageName, dialect } = one;
  const problem = await problemOf(one);
  const version = versionOf(packageName);
  console.log(JSON.stringify({ client, version, dialect, passed: problem === undefined, problem }));
}

async function problemOf(one: Case): Promise<string | undefined> {
  try {
    await one.run(server);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Not by import: not every package lets its package.json be seen. */
function versionOf(packageName: string): string {
  const file = new URL(`node_modules/${packageName}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

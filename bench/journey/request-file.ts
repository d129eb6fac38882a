import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { multilingualRequests } from '../../scripts/measuring/multilingual-requests.ts';
import type { RequestFile } from '../serve/workload/request-file.ts';

/** Writes the requests of `bench:swap` down for the load processes. @param mostDocuments larger ones are left out */
export async function writeRequests(directory: string, mostDocuments: number): Promise<RequestFile> {
  const path = join(directory, `requests-${mostDocuments}.jsonl`);
  // Nothing here counts tokens.
  const requests = multilingualRequests()
    .filter(({ documents }) => documents.length <= mostDocuments)
    .map((request) => ({ ...request, tokens: 0 }));
  await writeFile(path, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  return { path, requests };
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/commands/doctor/check.ts';
import { startOnCard } from '../support/service-on-card.ts';
import { CUDA_ERRORS, findStubCard, StubCard } from '../support/stub-card/stub-card.ts';
import { testEnvironment } from '../support/test-environment.ts';

const { library = '', missing } = await findStubCard();

const AUTO = { RERANK_DEVICE: 'auto' };
const OR_CPU = { ...AUTO, RERANK_GPU_FALLBACK: 'cpu' };

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

async function gpuFinding(card: StubCard, settings: Readonly<Record<string, string>>): Promise<Finding> {
  const env = testEnvironment({ ...card.env, ...settings });
  const printed = await new Promise<string>((resolve) => {
    // Its exit code is about all checks.
    execFile(process.execPath, [main, 'doctor', '--json'], { env }, (_, stdout) => resolve(stdout));
  });
  const { checks } = JSON.parse(printed) as { checks: readonly (Finding & { readonly name: string })[] };
  return checks.find(({ name }) => name === 'GPU') as Finding;
}

// What it says, and what a server does in its place.
describe.skipIf(missing)(
  `rerankd doctor on the stub card${missing ? ` (not here: ${missing})` : ''}`,
  { timeout: 60_000 },
  () => {
    it('is content with a card that works', async () => {
      expect(await gpuFinding(await StubCard.make(library), AUTO)).toMatchObject({
        status: 'ok',
        message: expect.stringContaining('CUDA: driver: Stub'),
      });
    });

    it('has a problem where auto does not start', async () => {
      const card = await StubCard.make(library);
      await card.breakDown('device', CUDA_ERRORS.devicesUnavailable);
      expect(await gpuFinding(card, AUTO)).toMatchObject({
        status: 'problem',
        message: expect.stringContaining('the server does not start'),
      });
      const broken = { device: CUDA_ERRORS.devicesUnavailable };
      await expect(startOnCard(library, AUTO, { broken })).rejects.toThrow('RERANK_DEVICE=auto found');
    });

    it('warns where auto falls back', async () => {
      const card = await StubCard.make(library);
      await card.breakDown('device', CUDA_ERRORS.devicesUnavailable);
      expect(await gpuFinding(card, OR_CPU)).toMatchObject({ status: 'warning' });
      const broken = { device: CUDA_ERRORS.devicesUnavailable };
      await using server = await startOnCard(library, OR_CPU, { broken });
      expect((await server.client.info()).current).toMatchObject({ device: 'cpu' });
    });
  },
);

/**
 * Runs the GPU tests: `npm run test:gpu`.
 *
 *     npm run test:gpu                        on this machine's CUDA card
 *     npm run test:gpu -- --device webgpu     on whatever card has a Vulkan driver
 *     npm run test:gpu -- --stub              without a card, on a stub of the CUDA runtime
 *
 * Ends with 0 when all tests passed, with 1 when one failed, with 2 when the command line is wrong, with 3 when there is nothing
 * to test on, and with 4 when there is a card that does not work: tests that did not run never look like tests that passed.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { given, oneOf } from '../../scripts/flags/kinds.ts';
import { helpText } from '../../scripts/flags/manual.ts';
import { readFlags, type ValuesOf } from '../../scripts/flags/read-flags.ts';
import { runScript } from '../../scripts/flags/run-script.ts';
import { UsageError } from '../../scripts/flags/usage-error.ts';
import { childEnvironment } from '../../src/child-environment.ts';
import { seenCard } from '../../src/engine/card-signs.ts';
import { explainFailure } from '../../src/engine/device-failure.ts';
import { completeLibraryPath } from '../../src/platform/cuda/complete-library-path.ts';
import { isSoftwareOnly } from '../../src/platform/vulkan/software-only.ts';
import { findStubCard } from '../support/stub-card/stub-card.ts';
import { tryDevice } from './try-device.ts';

const NO_CARD = 3;
const BROKEN_CARD = 4;
const root = fileURLToPath(new URL('../..', import.meta.url));

const flags = {
  device: { kind: oneOf(['cuda', 'webgpu']), default: 'cuda', help: 'cuda or webgpu' },
  stub: { kind: given, help: 'without a card, on a stub of the CUDA runtime' },
};

await runScript({
  name: 'test:gpu',
  read: readOptions,
  help: () =>
    helpText({
      usage: 'npm run test:gpu -- [flags]',
      about: 'Runs the GPU tests on a card of this machine, or what can be tested without one.',
      flags,
      more: `Ends with 0 when all tests passed, with 1 when one failed, with 2 when the command line is wrong, with 3 when there is nothing to
test on, and with 4 when there is a card that does not work.`,
    }),
  run: async ({ stub, device }) => (stub ? await onStub() : await onCard(device)),
});

function readOptions(args: readonly string[]): ValuesOf<typeof flags> | 'help' {
  const values = readFlags(flags, args);
  if (values !== 'help' && values.stub && values.device !== 'cuda') throw new UsageError('--stub is cuda');
  return values;
}

async function onStub(): Promise<number> {
  const { missing } = await findStubCard();
  if (missing !== undefined) {
    console.error(`test:gpu: the tests on a stub of the CUDA runtime can't run: ${missing}`);
    return NO_CARD;
  }
  // All that is skipped where there is no provider, wherever it lies.
  const tests = ['test/gpu/', 'test/faults/gpu', 'test/chaos/gpu', '--exclude', 'test/gpu/webgpu.test.ts'];
  return vitest(tests, { RERANK_TEST_GPU: 'stub' });
}

async function onCard(device: 'cuda' | 'webgpu'): Promise<number> {
  const given = childEnvironment(process.env);
  const { env } = device === 'cuda' ? await completeLibraryPath(given) : { env: given };
  const failure = await tryDevice(device, env);
  if (failure !== undefined) {
    const { cause, hint } = await explainFailure(device, failure, env);
    const card = device === 'cuda' ? await seenCard(env) : undefined;
    const what = `nothing was tested, because ${device} does not work here: ${cause}`;
    console.error(`test:gpu: ${card === undefined ? what : `there is ${card}, but ${what}. ${hint}`}`);
    return card === undefined ? NO_CARD : BROKEN_CARD;
  }
  const { LD_LIBRARY_PATH } = env;
  const found = LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH };
  const own = { RERANK_TEST_GPU: device, RERANK_TEST_DEVICE: device, ...found };
  const isSoftware = device === 'webgpu' && (await isSoftwareOnly(process.env as Record<string, string>));
  if (isSoftware) sayNoCard();
  const onFixtures = device === 'webgpu' ? vitest(['test/gpu/webgpu.test.ts'], own) : 0;
  const status = vitest(['--config', 'test/gpu/card/vitest.config.ts'], own) || onFixtures;
  // What ends a long output is what is read.
  if (isSoftware) sayNoCard();
  return status;
}

function sayNoCard(): void {
  console.error(
    'test:gpu: Vulkan reaches no card here, and computes in software, on the CPU: these tests say nothing of a card',
  );
}

/** @returns its exit code. */
function vitest(args: readonly string[], env: Readonly<Record<string, string>>): number {
  const entry = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [entry, 'run', '--root', root, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status ?? 1;
}

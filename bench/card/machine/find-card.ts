import { readdir } from 'node:fs/promises';
import { childEnvironment } from '../../../src/child-environment.ts';
import { seenCard } from '../../../src/engine/card-signs.ts';
import { probeDevices } from '../../../src/engine/choose-device.ts';
import { explainFailure } from '../../../src/engine/device-failure.ts';
import { probeModel } from '../../../src/graph/probe-model.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import type { Card } from '../options.ts';
import { completeOwnLibraryPath } from './library-path.ts';

/** EX_UNAVAILABLE of sysexits.h: told apart from a bench that failed, and never taken for one that passed. */
const NO_CARD_EXIT_CODE = 69;

/** EX_CONFIG: there is a card, and something is missing that a person can bring. */
const BROKEN_CARD_EXIT_CODE = 78;

/** There is nothing to measure on; the message says why. */
class NoCard extends Error {
  override readonly name = 'NoCard';
  readonly exitCode: number;

  constructor(message: string, exitCode = NO_CARD_EXIT_CODE) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How the card is found. */
export interface CardWanted {
  /** Takes a Vulkan driver that computes on the CPU for a card. */
  readonly anyDriver: boolean;
  /** An interpreter, in whose packages CUDA's libraries may be. */
  readonly python?: string | undefined;
}

/**
 * Makes sure that ONNX Runtime works on the device, in a process of its own, with CUDA's libraries where they are.
 * @throws NoCard, with an exit code of its own where there is one that does not work
 */
export async function requireCard(device: Card, { anyDriver, python }: CardWanted): Promise<void> {
  if (device === 'webgpu' && !anyDriver && !(await hasDisplayDevice())) {
    throw new NoCard(
      'no webgpu card here: neither /dev/dri/renderD* nor /dev/nvidia0 exists, so Vulkan would compute on the CPU',
    );
  }
  if (device === 'cuda') await completeOwnLibraryPath(python);
  const env = childEnvironment(process.env);
  const { failures } = await probeDevices(
    {
      probeModel: probeModel(),
      env,
      clock: systemClock,
      logger: createLogger({ level: 'error', format: 'text', destination: 2 }),
    },
    [device],
  );
  const [failure] = failures;
  if (failure === undefined) return;
  const { cause, hint } = await explainFailure(device, failure.reason, env);
  const card = device === 'cuda' ? await seenCard(env) : undefined;
  if (card === undefined) throw new NoCard(`no ${device} card here: ${cause}`);
  throw new NoCard(`there is ${card}, but ${device} does not work: ${cause}. ${hint}`, BROKEN_CARD_EXIT_CODE);
}

async function hasDisplayDevice(): Promise<boolean> {
  // Elsewhere there is no Vulkan that computes on the CPU unless somebody has installed it.
  if (process.platform !== 'linux') return true;
  const [dri, dev] = await Promise.all(['/dev/dri', '/dev'].map((path) => readdir(path).catch(() => [])));
  return (
    (dri ?? []).some((name) => name.startsWith('renderD')) ||
    (dev ?? []).some((name) => /^nvidia\d/.test(name))
  );
}

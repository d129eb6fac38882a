import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import type { CommandLine } from '../command-line.ts';
import { jsonFlag, readFlags } from '../flags.ts';

const flags = z.object({ json: jsonFlag });

export const doctorCommand: CommandLine = {
  name: 'doctor',
  summary: 'say what is wrong on this machine, and how to mend it',
  about:
    'It looks at Node, the settings, the port, devices and their libraries, processors, memory, limits, folders, the model, proxies and the clock, as a server with the same settings would find them. It changes nothing. The exit code is 1 when there is a problem; warnings leave it at 0.',
  operands: [],
  flags,
  settings: 'all',
  examples: [
    { command: 'rerankd doctor', says: 'before the first start, or when something is strange' },
    { command: 'rerankd doctor --device cuda --model local://my-reranker', says: 'would that work here?' },
  ],
  async run(given, { env, streams }) {
    const { json = false } = readFlags(flags, given.flags);
    const { doctor } = await import('../../commands/doctor/doctor.ts');
    return doctor(env, { json, isColored: streams.stdout.hasColors?.() ?? false }, systemClock);
  },
};

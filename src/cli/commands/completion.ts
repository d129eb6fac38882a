import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completionTables } from '../completion/tables.ts';
import { zshCompletion } from '../completion/zsh.ts';

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

type Shell = keyof typeof writers;

export const completionCommand: CommandLine = {
  name: 'completion',
  summary: 'print what makes a shell complete commands, flags and their values',
  about:
    'Put the line for your shell where it is read at every start: ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish.',
  operands: [{ name: 'SHELL', choices: Object.keys(writers) }],
  flags: z.object({}),
  settings: 'none',
  examples: [
    { command: 'source <(rerankd completion bash)', says: 'bash; zsh takes the same with zsh' },
    { command: 'rerankd completion fish | source', says: 'fish' },
  ],
  run: async ({ operands: [shell] }, { commands }) =>
    writers[shell as Shell](completionTables(commands)).trimEnd(),
};

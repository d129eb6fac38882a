import type { CommandLine } from './command-line.ts';
import { cacheListCommand, cachePinCommand, cachePruneCommand, cacheUnpinCommand } from './commands/cache.ts';
import { compareCommand } from './commands/compare.ts';
import { compileCommand } from './commands/compile.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { fetchCommand } from './commands/fetch.ts';
import { helpCommand } from './commands/help.ts';
import { publishCommand } from './commands/publish.ts';
import { rerankCommand } from './commands/rerank.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { updateCommand } from './commands/update.ts';

/** Every command, in the order in which one reads of them. */
export const commands: readonly CommandLine[] = [
  serveCommand,
  rerankCommand,
  doctorCommand,
  updateCommand,
  rollbackCommand,
  statusCommand,
  compileCommand,
  publishCommand,
  compareCommand,
  fetchCommand,
  cacheListCommand,
  cachePruneCommand,
  cachePinCommand,
  cacheUnpinCommand,
  completionCommand,
  helpCommand,
];

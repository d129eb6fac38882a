#!/usr/bin/env node
/** The process edge: arguments, environment, signals and exit codes. Nothing else reads `process.env`. */
import { readFileSync } from 'node:fs';
import type { Outcome, Surroundings } from './cli/command-line.ts';
import { commands } from './cli/commands.ts';
import { parseArguments } from './cli/parse-arguments.ts';
import { CommandError } from './commands/command-error.ts';
import type { Terminal } from './commands/terminal.ts';
import { ConfigError, readConfig } from './config.ts';
import { messageOf, ServiceError } from './errors.ts';
import { systemClock } from './platform/clock.ts';
import type { Environment } from './platform/environment.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { watchShell } from './platform/process/shell-watch.ts';
import type { Service } from './service.ts';

/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

async function serve(env: Environment): Promise<never> {
  const config = readConfig(env);
  const logger = createLogger({ level: config.logLevel, format: config.logFormat });
  for (const name of config.unknownSettings)
    logger.warn(`${name} is not a setting of rerankd: a typing mistake?`);
  const shutdown = handleSignals(logger);
  if (env['npm_lifecycle_event'] !== undefined)
    watchShell(
      systemClock,
      () => process.ppid,
      () => {
        // Ctrl-C reaches both.
        if (!shutdown.begun) shutdown.begin('the shell of npm has ended');
      },
    );
  // Loaded late: as process 1 of a container, a process without handlers ignores the signals that tell it to stop.
  const { createService } = await import('./service.ts');
  const service = await createService(config, { logger, version: readVersion() });
  shutdown.watchOver(service);
  try {
    await service.ready;
  } catch (error) {
    // A start that was told to stop is no failure; the handler of the signal sees to the rest.
    if (shutdown.begun) return forEver();
    await service.close();
    throw error;
  }
  const scheme = config.access.tls === undefined ? 'http' : 'https';
  logger.info(`rerankd listens on ${scheme}://${config.host}:${service.port}`);
  if (service.adminPort !== undefined)
    logger.info(
      `the routes for administrators are on ${scheme}://${config.access.adminAddress?.host}:${service.adminPort}`,
    );
  return forEver();
}

/** What ends a server is a signal, and its handler ends the process. */
function forEver(): Promise<never> {
  return new Promise(() => {});
}

interface Shutdown {
  /** Finishes what is in flight; a second call ends the process at once. */
  begin(why: string): void;
  /** Tells which service to close; until then there is nothing to finish. */
  watchOver(service: Service): void;
  readonly begun: boolean;
}

function handleSignals(logger: Logger): Shutdown {
  let running: Service | undefined;
  let begun = false;
  const begin = (why: string): void => {
    // Asked twice means now; the children notice by themselves.
    if (begun) process.exit(INTERRUPTED);
    if (running === undefined) process.exit(0);
    begun = true;
    logger.info(`${why}: finishing what is in flight`);
    void stop(running, logger);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => begin(signal));
  return {
    begin,
    watchOver(service) {
      running = service;
    },
    get begun() {
      return begun;
    },
  };
}

async function stop(service: Service, logger: Logger): Promise<void> {
  try {
    await service.close();
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'the shutdown failed');
    process.exit(1);
  }
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** One or two lines for a person: what is wrong, and what to do about it. */
function explain(error: unknown): string {
  const hasDetail = error instanceof ServiceError || error instanceof CommandError;
  const detail = hasDetail && error.detail !== undefined ? `\n${error.detail}` : '';
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    const { address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
    return `rerankd: port ${port} of ${address} is taken. Choose another with PORT=… or --port (RERANK_ADMIN_PORT for administrators).`;
  }
  return `rerankd: ${messageOf(error)}${detail}`;
}

/** Prints what a command returned, and ends. */
async function finish(outcome: Outcome): Promise<never> {
  const { text, exitCode } = typeof outcome === 'object' ? outcome : { text: outcome, exitCode: 0 };
  if (text !== undefined) await new Promise<unknown>((done) => void process.stdout.write(`${text}\n`, done));
  // Nothing of a finished command is worth waiting for: timers of metrics, handles of ended children.
  process.exit(exitCode);
}

/** Where the command runs that watches a server: Ctrl-C is a wish for it, and only the second one ends it. */
function thisTerminal(): Terminal {
  const interrupted = new AbortController();
  process.on('SIGINT', () => {
    if (!interrupted.signal.aborted) return interrupted.abort();
    process.stderr.write('\nrerankd: left; the server may go on with it\n');
    process.exit(INTERRUPTED);
  });
  const { stdout, stderr } = process;
  return { stdout, stderr, clock: systemClock, interrupted: interrupted.signal };
}

/** Whoever reads the output may have seen enough: `rerankd … | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const [first] = process.argv.slice(2);
if (first === '--version') await finish(readVersion());

try {
  const { command, ...given } = parseArguments(process.argv.slice(2));
  const env = { ...process.env, ...given.settings };
  const surroundings: Surroundings = {
    env,
    config: () => readConfig(env),
    terminal: thisTerminal,
    streams: process,
    serve: () => serve(env),
    commands,
  };
  await finish(await command.run(given, surroundings));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

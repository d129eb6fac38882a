import type { Config } from './config.ts';
import type { Logger } from './platform/logger.ts';
import { type MachineBudget, readMachineBudget } from './platform/machine-budget.ts';
import { readOpenFilesLimit } from './platform/process-limits.ts';

/** What else is open: logs, the ports, event loops of threads, files that are copied or hashed, parts of a download. 25 were counted at rest. */
const RESERVED_FILES = 128;

/** Two outputs, the socket for calls and the pipe by which a child notices the end of its parent. */
const FILES_PER_CHILD = 4;

/** The one that serves, the one before it, and one on its way. */
const MODELS = 3;

/** However little there is, connections get this share of it: a server that nobody reaches is no use either. */
const LEAST_SHARE = 0.25;

/** What there is to share out. */
export interface DescriptorRoom {
  /** Files that may be open, sockets included. */
  readonly openFiles: number;
  readonly cpus: MachineBudget['cpus'];
  readonly ports: number;
}

/** Connections that each port may have open while every child and every file of a model still finds a descriptor. */
export function connectionsWithin(
  engines: Config['engines'],
  { openFiles, cpus, ports }: DescriptorRoom,
): number {
  const perModel = (engines === 'auto' ? cpus : engines) + 1;
  const reserved = RESERVED_FILES + MODELS * perModel * FILES_PER_CHILD;
  return Math.floor(Math.max(openFiles - reserved, openFiles * LEAST_SHARE) / ports);
}

/** The connections that each port takes: as many as are wanted, if this process may have so many files open. Says so where it may not. */
export function limitConnections({ access, engines }: Config, logger: Logger): number {
  const { maxConnections: wanted, adminAddress } = access;
  const ports = adminAddress === undefined ? 1 : 2;
  const openFiles = readOpenFilesLimit();
  const possible = connectionsWithin(engines, { openFiles, cpus: readMachineBudget().cpus, ports });
  if (wanted <= possible) return wanted;
  logger.warn(
    `RERANK_MAX_CONNECTIONS is ${wanted}, but only ${openFiles} files may be open: each port takes ${possible} connections. ulimit -n, LimitNOFILE= of systemd or --ulimit nofile= of Docker allow more.`,
  );
  return possible;
}

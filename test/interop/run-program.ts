import { execFile } from 'node:child_process';

export interface ProgramResult {
  /** The exit code; 127 when there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const MOST_OUTPUT_BYTES = 16 * 2 ** 20;

/** Runs a program to its end; a failure of it is no exception. */
export function runProgram(
  program: string,
  argv: readonly string[],
  { cwd, env, timeoutMs }: ProgramOptions,
): Promise<ProgramResult> {
  const options = {
    timeout: timeoutMs,
    maxBuffer: MOST_OUTPUT_BYTES,
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  };
  return new Promise((resolve) => {
    execFile(program, argv, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (error.killed === true) {
        resolve({ code: 124, stdout, stderr: `${stderr}\nit took more than ${timeoutMs} ms` });
      } else if (error.code === 'ENOENT') resolve({ code: 127, stdout, stderr: `there is no ${program}` });
      else resolve({ code: typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
  });
}

/**
 * Makes the CPU build of onnxruntime-node a CUDA build: `npm run setup:cuda`. See docs/deployment.md, "GPU".
 *
 * The archive's SHA-256 is compared with ORT_CUDA_SHA256, or else with those in setup-cuda/known-archives.ts. For a release
 * archive that is not among them, GitHub's API is asked, over TLS, which digest the release has for it. Where nobody vouches for
 * the archive, the digests of the two libraries decide, and otherwise it is refused.
 *
 * Ends with 0; with 1 when it could not be brought, or when --check finds something missing; with 2 when the command line is
 * wrong; with 130 or 143 after SIGINT or SIGTERM, which leave nothing behind.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandProgress } from '../src/commands/command-progress.ts';
import { lookAtNvidiaDriver } from '../src/commands/doctor/gpu/nvidia-driver.ts';
import { thisMachine } from '../src/commands/doctor/machine.ts';
import { messageOf } from '../src/errors.ts';
import { systemClock } from '../src/platform/clock.ts';
import { examineProvider } from '../src/platform/cuda/examine-provider.ts';
import { knownProviders } from '../src/platform/cuda/known-providers.ts';
import { bindingDirectory, installedRuntimeVersion } from '../src/platform/cuda/provider-files.ts';
import { systemLibraries } from '../src/platform/cuda/system-libraries.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createTransport } from '../src/store/transport/create-transport.ts';
import { TransportError } from '../src/store/transport/transport-error.ts';
import { runScript } from './flags/run-script.ts';
import { gitHubReleases } from './setup-cuda/archive-source.ts';
import { type Arguments, helpText, readArguments } from './setup-cuda/arguments.ts';
import { chooseCuda, hasRuntime } from './setup-cuda/choose-cuda.ts';
import { SetupError } from './setup-cuda/errors.ts';
import { knownArchives } from './setup-cuda/known-archives.ts';
import { reportOn } from './setup-cuda/report.ts';
import { setUpProvider } from './setup-cuda/set-up-provider.ts';
import { checkPlatform, glibcVersion } from './setup-cuda/this-machine.ts';

await runScript({
  name: 'setup:cuda',
  read: readArguments,
  help: helpText,
  run,
  explain,
  isStoppable: true,
  whenStopped: 'Stopped. Nothing was put in place.',
});

/** @returns the exit code. */
async function run({ into, check, cuda, force }: Arguments, stop: AbortSignal): Promise<number> {
  const { env } = process;
  checkPlatform(process.platform, process.arch, glibcVersion());
  const version = await lockedVersion();
  if (into === undefined && installedRuntimeVersion() !== version) {
    throw new SetupError(
      `onnxruntime-node ${installedRuntimeVersion()} is installed, and package-lock.json has ${version}: run npm ci first`,
    );
  }
  const directory = into === undefined ? bindingDirectory('linux', 'x64') : resolve(into);
  const libraries = systemLibraries(env);
  if (check) {
    const hasCuda12 = await hasRuntime(12, libraries);
    const report = reportOn(await examineProvider(directory, libraries), { directory, version, hasCuda12 });
    console.log(report.lines.join('\n'));
    return report.isComplete ? 0 : 1;
  }
  const logger = createLogger({ level: 'silent', format: 'json', destination: 2 });
  const transport = createTransport({
    allowPrivate: true,
    allowedHosts: 'any',
    tokens: new Map(),
    clock: systemClock,
    logger,
    proxies: {
      http: env['http_proxy'] ?? env['HTTP_PROXY'],
      https: env['https_proxy'] ?? env['HTTPS_PROXY'],
      except: env['no_proxy'] ?? env['NO_PROXY'],
    },
  });
  const { ORT_CUDA_ARCHIVE: archive } = env;
  // Whoever names an archive has chosen.
  const isOpen = cuda === undefined && (archive === undefined || archive === '');
  const choice = isOpen
    ? await chooseCuda(await lookAtNvidiaDriver(thisMachine, stop), libraries)
    : undefined;
  if (choice !== undefined)
    console.log(`For CUDA ${choice.cuda}, because ${choice.because}. --cuda says otherwise.`);
  const progress = new CommandProgress(process.stderr, systemClock);
  try {
    const { isNew, provider } = await setUpProvider({
      directory,
      version,
      cuda: cuda ?? choice?.cuda,
      force,
      archive,
      archiveSha256: env['ORT_CUDA_SHA256'],
      knownArchives: knownArchives[version] ?? {},
      knownProviders: knownProviders[version] ?? [],
      releases: gitHubReleases,
      transport,
      libraries,
      progress,
      now: systemClock.date(),
      signal: stop,
    });
    progress.stop();
    console.log(isNew ? 'Brought.' : 'It is there already.');
    const hasCuda12 = await hasRuntime(12, libraries);
    console.log(reportOn(provider, { directory, version, hasCuda12 }).lines.join('\n'));
    return 0;
  } finally {
    progress.stop();
    await transport.close();
  }
}

/** Of onnxruntime-node, as it is pinned. */
async function lockedVersion(): Promise<string> {
  const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    packages: Record<string, { version?: string } | undefined>;
  };
  const version = lock.packages['node_modules/onnxruntime-node']?.version;
  if (version === undefined) throw new SetupError('package-lock.json has no onnxruntime-node');
  return version;
}

function explain(error: unknown): string {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof TransportError) {
    return `${error.message}\nFetch the archive by other means and name it: ORT_CUDA_ARCHIVE=FILE npm run setup:cuda`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${messageOf(error)}\nRun it as the user to whom node_modules belongs.`;
  if (error instanceof SetupError || typeof code === 'string') return messageOf(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

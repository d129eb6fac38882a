import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setUpProvider } from '../../../scripts/setup-cuda/set-up-provider.ts';
import type { SetupOptions } from '../../../scripts/setup-cuda/setup-options.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createTransport } from '../../../src/store/transport/create-transport.ts';
import { type SomeArchive, sha256 } from '../../support/provider/some-provider.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const logger = createLogger({ level: 'silent', format: 'json', destination: 2 });
const transport = createTransport({
  allowPrivate: true,
  allowedHosts: 'any',
  tokens: new Map(),
  clock: systemClock,
  logger,
});

const nowhere = { downloads: 'http://127.0.0.1:9/none', api: 'http://127.0.0.1:9/none' };

/** Brings the provider into a folder that is new for each test. */
export class SetupUnderTest {
  /** For what an operator has. */
  readonly folder: string;
  /** Where the libraries are put. */
  readonly target: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.target = join(folder, 'target');
  }

  static async make(): Promise<SetupUnderTest> {
    return new SetupUnderTest(await temporaryDirectory());
  }

  async run(different: Partial<SetupOptions> = {}) {
    const phases: string[] = [];
    const result = await setUpProvider({
      directory: this.target,
      version: '1.30.0',
      cuda: undefined,
      force: false,
      archive: undefined,
      archiveSha256: undefined,
      knownArchives: {},
      knownProviders: [],
      releases: nowhere,
      transport,
      libraries: {
        entries: async () => [],
        linkerCache: async () => '',
        libraryPath: '',
        others: async () => [],
      },
      progress: { enter: (phase) => void phases.push(phase), advance: () => {} },
      now: new Date('2026-06-01T12:00:00Z'),
      signal: new AbortController().signal,
      ...different,
    });
    return { ...result, phases };
  }

  /** Writes it where an operator has it, and says that its digest is right. */
  async given({ name, bytes }: Pick<SomeArchive, 'name' | 'bytes'>): Promise<Partial<SetupOptions>> {
    const path = join(this.folder, name);
    await writeFile(path, bytes);
    return { archive: path, archiveSha256: sha256(bytes) };
  }

  /** Names of all that lies where the libraries are put. */
  async placed(): Promise<string[]> {
    return (await readdir(this.target)).toSorted();
  }
}

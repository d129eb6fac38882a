import { createHash } from 'node:crypto';
import { type Content, gitSha1Of, givenContent, sha256Of } from './content.ts';

/** Who may read: everyone; those with a token whose request was granted; those with a token, to whom alone it exists. */
export type Access = 'public' | 'gated' | 'private';

export interface HubFile {
  readonly path: string;
  readonly content: Content;
  readonly isLfs: boolean;
  /** Of the file, or of its LFS pointer. */
  readonly gitSha1: string;
  /** Of LFS files only. */
  readonly sha256: string | undefined;
}

export interface Commit {
  readonly sha: string;
  readonly files: ReadonlyMap<string, HubFile>;
}

type Files = Readonly<Record<string, string | Uint8Array | Content>>;

/** One model repository: commits, and branches that point to them. */
export class HubRepository {
  readonly id: string;
  access: Access;
  /** Tokens that may read it while it is gated or private. */
  readonly readers = new Set<string>();
  readonly #commits = new Map<string, Commit>();
  readonly #branches = new Map<string, string>();

  constructor(id: string, access: Access) {
    this.id = id;
    this.access = access;
  }

  /**
   * Adds a commit with exactly these files and points a branch to it.
   * @param lfs which paths are LFS files; weights by default
   * @returns its sha, 40 hexadecimal digits that follow from the content.
   */
  commit(
    files: Files,
    branch = 'main',
    lfs = (path: string) => /\.(safetensors|onnx|bin)$/.test(path),
  ): string {
    const held = new Map<string, HubFile>();
    for (const [path, given] of Object.entries(files)) {
      const content = isContent(given) ? given : givenContent(given);
      held.set(path, hubFile(path, content, lfs(path)));
    }
    const hash = createHash('sha1').update(`${this.id}\0${this.#branches.get(branch) ?? ''}`);
    for (const { path, gitSha1 } of held.values()) hash.update(`\0${path}\0${gitSha1}`);
    const sha = hash.digest('hex');
    this.#commits.set(sha, { sha, files: held });
    this.#branches.set(branch, sha);
    return sha;
  }

  /** Points a branch elsewhere, as a force-push does. */
  pointTo(branch: string, sha: string): void {
    this.#branches.set(branch, sha);
  }

  /** The commit of a branch or of a full sha. */
  at(revision: string): Commit | undefined {
    return this.#commits.get(this.#branches.get(revision) ?? revision);
  }

  fileWithSha256(sha256: string): HubFile | undefined {
    for (const { files } of this.#commits.values()) {
      for (const file of files.values()) if (file.sha256 === sha256) return file;
    }
    return undefined;
  }

  mayRead(token: string | undefined): boolean {
    return this.access === 'public' || (token !== undefined && this.readers.has(token));
  }
}

function isContent(given: string | Uint8Array | Content): given is Content {
  return typeof given === 'object' && 'read' in given;
}

function hubFile(path: string, content: Content, isLfs: boolean): HubFile {
  if (!isLfs) return { path, content, isLfs, gitSha1: gitSha1Of(content), sha256: undefined };
  const sha256 = sha256Of(content);
  const gitSha1 = gitSha1Of(givenContent(pointerText(sha256, content.size)));
  return { path, content, isLfs, gitSha1, sha256 };
}

/** What a clone without LFS finds in place of a large file. */
function pointerText(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

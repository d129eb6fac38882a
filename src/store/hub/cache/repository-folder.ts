import { join } from 'node:path';

/** Paths of one repository in an HF cache: `models--org--name/{blobs,refs,snapshots,trees,.no_exist}`. */
export class RepositoryFolder {
  /** The cache that it lies in. */
  readonly root: string;
  readonly id: string;
  readonly path: string;

  /** @param id must be a repository id: it becomes a part of paths. */
  constructor(root: string, id: string) {
    this.root = root;
    this.id = id;
    this.path = join(root, `models--${id.replace('/', '--')}`);
  }

  get refs(): string {
    return join(this.path, 'refs');
  }

  ref(revision: string): string {
    return join(this.refs, ...revision.split('/'));
  }

  get blobs(): string {
    return join(this.path, 'blobs');
  }

  blob(name: string): string {
    return join(this.blobs, name);
  }

  get snapshots(): string {
    return join(this.path, 'snapshots');
  }

  snapshot(commit: string): string {
    return join(this.snapshots, commit);
  }

  /** @param path of a file in the repository, looked at before. */
  file(commit: string, path: string): string {
    return join(this.snapshot(commit), ...path.split('/'));
  }

  get trees(): string {
    return join(this.path, 'trees');
  }

  tree(commit: string): string {
    return join(this.trees, `${commit}.json`);
  }

  /** Marks a file that is known not to exist. */
  absent(commit: string, path: string): string {
    return join(this.path, '.no_exist', commit, ...path.split('/'));
  }
}

/** The repository of a folder's name, if it is a model's. */
export function repositoryOfFolder(name: string): string | undefined {
  const parts = name.split('--');
  return parts.length === 3 && parts[0] === 'models' ? `${parts[1]}/${parts[2]}` : undefined;
}

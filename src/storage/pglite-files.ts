import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { Durability } from './durability';

/** What is used here of Emscripten's file system on Node, of which PGlite's types say nothing. */
interface FileNode {
  readonly parent: FileNode;
  readonly mode: number;
}
interface Stream {
  readonly node: FileNode;
  /** The file descriptor. */
  readonly nfd: number;
}
interface NodeFiles {
  realPath(node: FileNode): string;
  /** Runs it and turns what it throws into an errno for the C library. */
  tryFSOperation<T>(operation: () => T): T;
  readonly node_ops: {
    mknod(parent: FileNode, name: string, mode: number, device: number): FileNode;
    rename(node: FileNode, to: FileNode, name: string): void;
    unlink(parent: FileNode, name: string): void;
  };
  readonly stream_ops: {
    write(stream: Stream, bytes: Uint8Array, offset: number, length: number, position: number): number;
    fsync?(stream: Stream): number;
  };
}
interface FilesModule {
  readonly FS: { isDir(mode: number): boolean };
  readonly NODEFS: NodeFiles;
}

/** PGlite's files, below a directory of the real file system. */
export class PgliteFiles extends NodeFS {
  /** Bytes written so far. */
  written = 0;

  constructor(
    directory: string,
    private readonly durability: Durability,
  ) {
    super(directory);
  }

  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...args);
    const preRun = (module: unknown): void => this.#extend(module as FilesModule);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), preRun] } };
  }

  #extend(module: FilesModule): void {
    this.#countWrites(module);
    if (this.durability === 'power') addSync(module);
  }

  #countWrites({ NODEFS: { stream_ops } }: FilesModule): void {
    const { write } = stream_ops;
    stream_ops.write = (...args) => {
      const bytes = write(...args);
      this.written += bytes;
      return bytes;
    };
  }
}

/**
 * Lets the C library's `fsync` reach the disk: of itself it does nothing. A new file is there after a power cut only when
 * its directory was synced, too. PostgreSQL syncs the directories of the few files that it renames, and leaves those of
 * tables and indexes to the file system; here every sync takes the directories along whose entries have changed.
 */
function addSync({ FS, NODEFS }: FilesModule): void {
  const { node_ops, stream_ops } = NODEFS;
  const { mknod, rename, unlink } = node_ops;
  const changed = new Set<string>();
  node_ops.mknod = (parent, ...rest) => {
    changed.add(NODEFS.realPath(parent));
    return mknod(parent, ...rest);
  };
  node_ops.rename = (node, to, name) => {
    changed.add(NODEFS.realPath(node.parent)).add(NODEFS.realPath(to));
    rename(node, to, name);
  };
  node_ops.unlink = (parent, name) => {
    changed.add(NODEFS.realPath(parent));
    unlink(parent, name);
  };
  stream_ops.fsync = ({ node, nfd }) => {
    NODEFS.tryFSOperation(() => {
      for (const directory of changed) {
        syncDirectory(directory);
        changed.delete(directory);
      }
      // Of a directory, `fdatasync` may leave out the entries.
      if (FS.isDir(node.mode)) fsyncSync(nfd);
      else fdatasyncSync(nfd);
    });
    return 0;
  };
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

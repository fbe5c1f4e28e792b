import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { DiskSpace } from '../disk-space';
import type { Durability } from '../durability';

/** What is used here of Emscripten's file system on Node, of which PGlite's types say nothing. */
interface FileNode {
  readonly parent: FileNode;
  readonly mode: number;
}
interface Stream {
  readonly node: FileNode;
  /** The C library's file descriptor, and the system's. */
  readonly fd: number;
  readonly nfd: number;
}
interface NodeFiles {
  realPath(node: FileNode): string;
  createNode(parent: FileNode, name: string, mode: number, device: number): FileNode;
  /** Runs it and turns what it throws into an errno for the C library. */
  tryFSOperation<T>(operation: () => T): T;
  readonly node_ops: {
    mknod(parent: FileNode, name: string, mode: number, device: number): FileNode;
    rename(node: FileNode, to: FileNode, name: string): void;
    unlink(parent: FileNode, name: string): void;
    rmdir(parent: FileNode, name: string): void;
  };
  readonly stream_ops: {
    open(stream: Stream): void;
    write(stream: Stream, bytes: Uint8Array, offset: number, length: number, position: number): number;
    fsync?(stream: Stream): number;
  };
}
interface FilesModule {
  readonly FS: {
    isDir(mode: number): boolean;
    closeStream(fd: number): void;
    destroyNode(node: FileNode): void;
  };
  readonly NODEFS: NodeFiles;
}

/** PGlite's files, below a directory of the real file system. */
export class PgliteFiles extends NodeFS {
  /** Bytes written so far. */
  written = 0;
  /** When to look at the disk again, in bytes written. */
  #nextLook = 0;
  #isShort = false;

  constructor(
    directory: string,
    private readonly durability: Durability,
    private readonly disk: DiskSpace,
  ) {
    super(directory);
  }

  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...args);
    const preRun = (module: unknown): void => this.#extend(module as FilesModule);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), preRun] } };
  }

  #extend(module: FilesModule): void {
    createWhole(module);
    this.#keepReserve(module);
    if (this.durability === 'power') addSync(module);
  }

  /**
   * A statement that writes a lot has half of the reserve; then tables may not grow any further, which is an error like
   * any other. The other half is the log's: PostgreSQL cannot go on when that one has no room.
   */
  #keepReserve({ NODEFS }: FilesModule): void {
    const { stream_ops } = NODEFS;
    const { write } = stream_ops;
    const { reserve } = this.disk;
    stream_ops.write = (stream, bytes, offset, length, position) => {
      if (reserve > 0 && (this.#isShort || this.written >= this.#nextLook)) {
        this.#nextLook = this.written + reserve / 16;
        this.#isShort = this.disk.free() < reserve / 2;
      }
      if (this.#isShort) NODEFS.tryFSOperation(() => refuseGrowth(NODEFS, stream, position + length));
      const count = write(stream, bytes, offset, length, position);
      this.written += count;
      return count;
    };
  }
}

function refuseGrowth({ realPath }: NodeFiles, { node, nfd }: Stream, end: number): void {
  if (!realPath(node).includes('/base/') || end <= fstatSync(nfd).size) return;
  throw Object.assign(new Error('The rest of the room is kept for the log'), { code: 'ENOSPC' });
}

/**
 * Makes files whole or not at all. Out of descriptors, PGlite's own creation leaves half of one: known to Emscripten but
 * not there, or there but not open. PostgreSQL closes a file of its own and tries again, and would then meet "File
 * exists", for ever.
 */
function createWhole({ FS, NODEFS }: FilesModule): void {
  const { node_ops, stream_ops } = NODEFS;
  const { open } = stream_ops;
  let created: FileNode | null = null;
  node_ops.mknod = (parent, name, mode, device) => {
    const path = join(NODEFS.realPath(parent), name);
    NODEFS.tryFSOperation(() => {
      if (FS.isDir(mode)) mkdirSync(path, mode);
      else writeFileSync(path, '', { mode });
    });
    const node = NODEFS.createNode(parent, name, mode, device);
    created = FS.isDir(mode) ? null : node;
    return node;
  };
  stream_ops.open = (stream) => {
    try {
      open(stream);
    } catch (error) {
      FS.closeStream(stream.fd);
      if (stream.node === created) {
        unlinkSync(NODEFS.realPath(created));
        FS.destroyNode(created);
      }
      throw error;
    } finally {
      created = null;
    }
  };
}

/**
 * Lets the C library's `fsync` reach the disk: of itself it does nothing. A new file is there after a power cut only when
 * its directory was synced, too. PostgreSQL syncs the directories of the few files that it renames, and leaves those of
 * tables and indexes to the file system; here every sync takes the directories along whose entries have changed.
 */
function addSync({ FS, NODEFS }: FilesModule): void {
  const { node_ops, stream_ops } = NODEFS;
  const { mknod, rename, unlink, rmdir } = node_ops;
  const changed = new Set<number>();
  /** They stay open: a sync that fails for lack of a descriptor would stop the database. */
  const descriptors = new Map<string, number>();
  const change = (directory: FileNode): void => {
    const path = NODEFS.realPath(directory);
    const descriptor = descriptors.get(path) ?? NODEFS.tryFSOperation(() => openSync(path, 'r'));
    descriptors.set(path, descriptor);
    changed.add(descriptor);
  };
  node_ops.mknod = (parent, ...rest) => {
    change(parent);
    return mknod(parent, ...rest);
  };
  node_ops.rename = (node, to, name) => {
    change(node.parent);
    change(to);
    rename(node, to, name);
  };
  node_ops.unlink = (parent, name) => {
    change(parent);
    unlink(parent, name);
  };
  node_ops.rmdir = (parent, name) => {
    change(parent);
    rmdir(parent, name);
    const path = join(NODEFS.realPath(parent), name);
    const descriptor = descriptors.get(path);
    if (descriptor === undefined) return;
    descriptors.delete(path);
    changed.delete(descriptor);
    closeSync(descriptor);
  };
  stream_ops.fsync = ({ node, nfd }) => {
    NODEFS.tryFSOperation(() => {
      for (const directory of changed) {
        fsyncSync(directory);
        changed.delete(directory);
      }
      // Of a directory, `fdatasync` may leave out the entries.
      if (FS.isDir(node.mode)) fsyncSync(nfd);
      else fdatasyncSync(nfd);
    });
    return 0;
  };
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileRecord } from './recording';

/** What a disk writes whole or not at all. */
const SECTOR = 512;

/** Says what of a change that was never synced is on the disk after the cut. */
export interface Cut {
  /** A change of a directory's entries. */
  keepsEntry(): boolean;
  /** A change of a file's length; of a write past its end, too. */
  keepsLength(): boolean;
  /** Asked once for each write: which of its sectors are kept, from the first to the last. */
  keepsSectors(): () => boolean;
}

type FileChange = { readonly position: number; readonly data: Buffer } | { readonly length: number };
type EntryChange = (entries: Map<string, StoredNode>) => void;
type StoredNode = StoredFile | StoredDirectory;

class StoredFile {
  #unsynced: FileChange[] = [];

  constructor(private synced: Buffer = Buffer.alloc(0)) {}

  change(change: FileChange): void {
    this.#unsynced.push(change);
  }

  sync(): void {
    this.synced = applyAll(this.synced, this.#unsynced, EVERYTHING);
    this.#unsynced = [];
  }

  write(path: string, cut: Cut): void {
    writeFileSync(path, applyAll(Buffer.from(this.synced), this.#unsynced, cut));
  }
}

const EVERYTHING: Cut = { keepsEntry: () => true, keepsLength: () => true, keepsSectors: () => () => true };

/** @param content is changed in place where it need not grow. */
function applyAll(content: Buffer, changes: readonly FileChange[], cut: Cut): Buffer {
  return changes.reduce<Buffer>((before, change) => apply(before, change, cut), content);
}

function apply(content: Buffer, change: FileChange, cut: Cut): Buffer {
  if ('length' in change) return cut.keepsLength() ? resized(content, change.length) : content;
  const { position, data } = change;
  const end = position + data.length;
  const target = end > content.length && cut.keepsLength() ? resized(content, end) : content;
  const keepsSector = cut.keepsSectors();
  for (let from = position; from < end; ) {
    const to = Math.min(end, from - (from % SECTOR) + SECTOR);
    if (keepsSector()) data.copy(target, from, from - position, to - position); // nothing past the end
    from = to;
  }
  return target;
}

function resized(content: Buffer, length: number): Buffer {
  const resized = Buffer.alloc(length);
  content.copy(resized);
  return resized;
}

class StoredDirectory {
  readonly now: Map<string, StoredNode>;
  #synced: Map<string, StoredNode>;
  #unsynced: EntryChange[] = [];

  constructor(entries: Iterable<[string, StoredNode]> = []) {
    this.now = new Map(entries);
    this.#synced = new Map(this.now);
  }

  change(change: EntryChange): void {
    change(this.now);
    this.#unsynced.push(change);
  }

  sync(): void {
    this.#synced = new Map(this.now);
    this.#unsynced = [];
  }

  write(path: string, cut: Cut): void {
    mkdirSync(path, { mode: 0o700 });
    const entries = new Map(this.#synced);
    for (const change of this.#unsynced) if (cut.keepsEntry()) change(entries);
    for (const [name, node] of entries) node.write(join(path, name), cut);
  }
}

/** A disk that has a folder's content, all of it synced, and then what is replayed. */
export class Disk {
  readonly #root: StoredDirectory;
  readonly #open = new Map<number, StoredNode>();

  constructor(folder: string) {
    this.#root = load(folder);
  }

  replay(record: FileRecord): void {
    switch (record.kind) {
      case 'open':
        this.#open.set(record.descriptor, this.#find(record.path));
        break;
      case 'write':
        this.#file(record.descriptor).change(record);
        break;
      case 'truncate':
        this.#file(record.path ?? record.descriptor ?? -1).change(record);
        break;
      case 'sync':
        this.#open.get(record.descriptor)?.sync();
        break;
      case 'create':
        this.#enter(record.path, new StoredFile());
        break;
      case 'mkdir':
        this.#enter(record.path, new StoredDirectory());
        break;
      case 'remove':
        this.#directory(dirname(record.path)).change((entries) => entries.delete(basename(record.path)));
        break;
      case 'rename':
        this.#rename(record.from, record.to);
        break;
    }
  }

  /** Writes into a new folder what is on the disk when the power is cut now. */
  cut(folder: string, cut: Cut): void {
    this.#root.write(folder, cut);
  }

  #rename(from: string, to: string): void {
    const node = this.#find(from);
    const [source, target] = [this.#directory(dirname(from)), this.#directory(dirname(to))];
    const enter: EntryChange = (entries) => entries.set(basename(to), node);
    const leave: EntryChange = (entries) => entries.delete(basename(from));
    // Within a directory it happens whole or not at all.
    const move: EntryChange = (entries) => {
      leave(entries);
      enter(entries);
    };
    if (source === target) {
      source.change(move);
    } else {
      target.change(enter);
      source.change(leave);
    }
  }

  #enter(path: string, node: StoredNode): void {
    this.#directory(dirname(path)).change((entries) => entries.set(basename(path), node));
  }

  #find(path: string): StoredNode {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    return parts.reduce<StoredNode>((node, name) => {
      const found = node instanceof StoredDirectory ? node.now.get(name) : undefined;
      if (found === undefined) throw new Error(`The recording has no file ${path} here`);
      return found;
    }, this.#root);
  }

  #file(place: string | number): StoredFile {
    const node = typeof place === 'string' ? this.#find(place) : this.#open.get(place);
    if (node instanceof StoredFile) return node;
    throw new Error(`The recording has no file ${place} here`);
  }

  #directory(path: string): StoredDirectory {
    const node = this.#find(path);
    if (node instanceof StoredDirectory) return node;
    throw new Error(`${path} is no directory`);
  }
}

function load(folder: string): StoredDirectory {
  const entries = readdirSync(folder, { withFileTypes: true });
  return new StoredDirectory(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? load(path) : new StoredFile(readFileSync(path))];
    }),
  );
}

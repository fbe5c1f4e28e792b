import type { CooperativeYield } from '../event-loop';
import type { RowSource } from '../rows/row-source';
import { seededRandom } from '../rows/seeded-random';
import { Patterns } from './patterns';
import { type RowChunk, RowPacker, type RowTotals } from './row-packer';

/**
 * The rows of a source in compact form, in chunks that do not depend on the source's batches. They stay in memory as
 * long as they fit; where they do not, every reading reads the source again.
 */
export class PackedRows {
  private constructor(
    readonly featureCount: number,
    readonly rowCount: number,
    readonly patterns: Patterns,
    readonly totals: RowTotals,
    private readonly read: () => AsyncIterable<RowChunk>,
  ) {}

  /**
   * Reads the source once.
   *
   * @param mostKeptBytes what may be kept in memory.
   * @param onRead told now and then how many rows were read.
   * @throws ClientError BAD_USER_INPUT for a number that is negative, not finite or too large.
   */
  static async from(
    source: RowSource,
    mostKeptBytes: number,
    yielding: CooperativeYield,
    onRead: (rows: number) => void = () => {},
  ): Promise<PackedRows> {
    const patterns = new Patterns(source.featureCount);
    const packer = new RowPacker(patterns, source.featureCount);
    let kept: RowChunk[] | null = [];
    let bytes = 0;
    for await (const chunk of packed(source, packer, yielding)) {
      bytes += bytesOf(chunk);
      if (bytes > mostKeptBytes) kept = null;
      kept?.push(chunk);
      onRead(packer.rowCount);
    }
    const { rowCount } = packer;
    if (rowCount !== source.rowCount) {
      throw new Error(`The source has ${rowCount} rows, not the ${source.rowCount} that it tells`);
    }
    const read = kept
      ? () => inTurns(kept, yielding)
      : () => packed(source, new RowPacker(patterns, source.featureCount), yielding);
    return new PackedRows(source.featureCount, rowCount, patterns, packer.totals(), read);
  }

  /** In the rows' order. */
  chunks(): AsyncIterable<RowChunk> {
    return this.read();
  }

  /**
   * Rows that are not all zero, picked at random and kept in memory, in their order (Knuth, The Art of Computer
   * Programming, volume 2, section 3.4.2, algorithm S).
   */
  async sample(most: number, seed: number, yielding: CooperativeYield): Promise<PackedRows> {
    const random = seededRandom(seed);
    const packer = new RowPacker(this.patterns, this.featureCount);
    const chunks: RowChunk[] = [];
    let left = this.totals.positiveRows;
    let wanted = Math.min(most, left);
    for await (const chunk of this.chunks()) {
      for (let row = 0, start = 0; row < chunk.ends.length; row++) {
        const end = chunk.ends[row] as number;
        if (start < end && random() * left-- < wanted) {
          wanted--;
          packer.copy(chunk, start, end);
          if (packer.isFull) chunks.push(packer.take());
        }
        start = end;
      }
    }
    if (!packer.isEmpty) chunks.push(packer.take());
    return new PackedRows(this.featureCount, packer.rowCount, this.patterns, packer.totals(), () =>
      inTurns(chunks, yielding),
    );
  }
}

async function* packed(
  source: RowSource,
  packer: RowPacker,
  yielding: CooperativeYield,
): AsyncGenerator<RowChunk> {
  const d = source.featureCount;
  for await (const batch of source.batches()) {
    for (let at = 0; at < batch.length; at += d) {
      packer.add(batch, at);
      if (!packer.isFull) continue;
      yield packer.take();
      await yielding.ifDue();
    }
  }
  if (!packer.isEmpty) yield packer.take();
}

async function* inTurns(chunks: readonly RowChunk[], yielding: CooperativeYield): AsyncGenerator<RowChunk> {
  for (const chunk of chunks) {
    await yielding.ifDue();
    yield chunk;
  }
}

function bytesOf({ ends, patterns, values, guesses }: RowChunk): number {
  return ends.byteLength + patterns.byteLength + (values?.byteLength ?? 0) + guesses.byteLength;
}

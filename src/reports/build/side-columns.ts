import {
  type DuckDBArrayVector,
  type DuckDBConnection,
  DuckDBDoubleVector,
  type DuckDBResult,
} from '@duckdb/node-api';
import { quoteIdentifier } from '../../datasets/table/duckdb';
import type { Table } from '../../datasets/table/table';
import { type GroupValues, groupIndexSql } from './group-values';

/**
 * What a report reads of a data set beside the features: the class that a row is grouped into, and numbers in their
 * own unit. Rows come in the table's order, so that they go along with the encoded ones.
 */
export class SideColumns {
  /** Numbers of a row: the class's index where there is one, then the columns; NaN: missing. */
  readonly width: number;
  #chunk = new Float64Array(0);
  #taken = 0;

  private constructor(
    private readonly result: DuckDBResult | null,
    width: number,
  ) {
    this.width = width;
  }

  static async open(
    connection: DuckDBConnection,
    table: Table,
    group: GroupValues | null,
    numbers: readonly string[],
  ): Promise<SideColumns> {
    const cells = numbers.map((name) => `coalesce(${quoteIdentifier(name)}::DOUBLE, 'nan'::DOUBLE)`);
    if (group !== null) cells.unshift(`(${groupIndexSql(group)})::DOUBLE`);
    const width = cells.length;
    if (width === 0) return new SideColumns(null, 0);
    const sql = `SELECT [${cells.join(', ')}]::DOUBLE[${width}] FROM ${table.from}`;
    return new SideColumns(await connection.stream(sql), width);
  }

  /** The next so many rows, one after another. */
  async take(rows: number): Promise<Float64Array> {
    const taken = new Float64Array(rows * this.width);
    let filled = 0;
    while (filled < taken.length) {
      if (this.#taken === this.#chunk.length) await this.#fetch();
      const part = this.#chunk.subarray(this.#taken, this.#taken + taken.length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
    }
    return taken;
  }

  async #fetch(): Promise<void> {
    const chunk = (await this.result?.fetchChunk()) ?? null;
    if (chunk === null || chunk.rowCount === 0) throw new Error('The table has fewer rows than were encoded');
    // Like the encoded rows, all numbers lie side by side in DuckDB's memory; the package's version is pinned.
    const child = (chunk.getColumnVector(0) as DuckDBArrayVector)['childData'];
    if (!(child instanceof DuckDBDoubleVector)) throw new Error('The rows are no arrays of DOUBLE');
    this.#chunk = child['items'].slice(0, chunk.rowCount * this.width);
    this.#taken = 0;
  }
}

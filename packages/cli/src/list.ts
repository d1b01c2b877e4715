/** What every command that lists something prints. */
import type { Io } from './command.ts';
import { type Column, formatTable, terminalWidth } from './table.ts';

interface List<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** What is said instead of a table without rows. */
  readonly none: string;
  /** What programs are given: on one line. */
  readonly json: object;
}

export function printList<Row>(io: Io, asJson: boolean, { rows, columns, none, json }: List<Row>): void {
  if (asJson) io.stdout.write(`${JSON.stringify(json)}\n`);
  else if (rows.length === 0) io.stdout.write(`${none}\n`);
  else io.stdout.write(formatTable(columns, rows, terminalWidth(io.stdout)));
}

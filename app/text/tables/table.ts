/** Writes tables as text, for spreadsheets and other programs. */

/** CSV (RFC 4180), with a line for each row. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');

/** Quotes a cell. Also escapes a leading operator, since a spreadsheet would evaluate the cell as a formula. */
function quoted(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Columns separated by tabs; a cell has no line ends and no tabs of its own. */
export const tsvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map((cell) => cell.replace(/\s+/g, ' ').trim()).join('\t')}\n`).join('');

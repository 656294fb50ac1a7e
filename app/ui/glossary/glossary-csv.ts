/**
 * A glossary as CSV (RFC 4180): from, to, term, translation. Read from what spreadsheets write as well: semicolons or
 * tabs between the columns, a byte order mark, any line end, with or without a first line of names.
 */
import type { GlossaryEntry } from '../../protocol/types.ts';

const COLUMNS = ['from', 'to', 'term', 'translation'] as const;
/** Characters; what is longer is not a term. */
const LONGEST = 200;

export interface ReadGlossary {
  readonly entries: readonly GlossaryEntry[];
  /** Lines that are no entry, by their number, from 1. */
  readonly bad: readonly { readonly n: number; readonly line: string }[];
}

export function glossaryCsv(entries: readonly GlossaryEntry[]): string {
  const rows = [COLUMNS, ...entries.map((entry) => COLUMNS.map((column) => entry[column] ?? ''))];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** A leading sign of calculation would be carried out by a spreadsheet. */
function quoted(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function readGlossaryCsv(csv: string): ReadGlossary {
  const text = csv.replace(/^\uFEFF/, '');
  const separator = separatorOf(text.split(/\r?\n/, 1)[0] ?? '');
  const rows = rowsOf(text, separator);
  const titled = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()).join() === COLUMNS.join();
  const entries: GlossaryEntry[] = [];
  const bad: { n: number; line: string }[] = [];
  for (const { n, cells } of titled ? rows.slice(1) : rows) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const entry = entryOf(cells);
    if (entry === undefined) bad.push({ n, line: cells.join(separator) });
    else entries.push(entry);
  }
  return { entries, bad };
}

const separatorOf = (line: string): string =>
  [',', ';', '\t'].reduce(
    (best, one) => (line.split(one).length > line.split(best).length ? one : best),
    ',',
  );

function entryOf(cells: readonly string[]): GlossaryEntry | undefined {
  const [from = '', to = '', term = '', translation = ''] = cells.map((cell) =>
    cell
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/^'(?=[=+\-@])/, ''),
  );
  const right = [term, translation].every((text) => text !== '' && text.length <= LONGEST);
  return right && (from === '' || isLanguage(from)) && isLanguage(to) && cells.length <= COLUMNS.length
    ? { from: from || undefined, to, term, translation }
    : undefined;
}

function isLanguage(tag: string): boolean {
  try {
    return new Intl.Locale(tag).toString() !== '';
  } catch {
    return false;
  }
}

/** One pass; a quoted cell may hold separators, line ends and doubled quotes. */
function rowsOf(text: string, separator: string): { n: number; cells: string[] }[] {
  const rows: { n: number; cells: string[] }[] = [];
  let row = { n: 1, cells: [''] };
  let line = 1;
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    const last = row.cells.length - 1;
    if (sign === '\n') line++;
    if (inQuotes) {
      if (sign !== '"') row.cells[last] += sign;
      else if (text[i + 1] === '"') row.cells[last] += text[++i]!;
      else inQuotes = false;
    } else if (sign === '"' && row.cells[last]!.trim() === '') inQuotes = true;
    else if (sign === separator) row.cells.push('');
    else if (sign === '\n') {
      rows.push(row);
      row = { n: line, cells: [''] };
    } else if (sign !== '\r') row.cells[last] += sign;
  }
  return [...rows, row];
}

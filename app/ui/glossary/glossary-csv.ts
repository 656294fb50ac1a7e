/**
 * Writes and reads a glossary as CSV (RFC 4180) with the columns from, to, term, translation. Also reads what
 * spreadsheets write: semicolons or tabs as separators, a byte order mark, any line ending, with or without a header
 * line.
 */
import type { GlossaryEntry } from '../../protocol/types.ts';
import { csvOf } from '../../text/tables/table.ts';

const COLUMNS = ['from', 'to', 'term', 'translation'] as const;
/** Maximum length of a term and of a translation, in characters. */
const MAX_LENGTH = 200;

export interface ReadGlossary {
  readonly entries: readonly GlossaryEntry[];
  /** Lines that are not a valid entry; `n` counts from 1. */
  readonly bad: readonly { readonly n: number; readonly line: string }[];
}

export function glossaryCsv(entries: readonly GlossaryEntry[]): string {
  const rows = [COLUMNS, ...entries.map((entry) => COLUMNS.map((column) => entry[column] ?? ''))];
  return csvOf(rows);
}

export function readGlossaryCsv(csv: string): ReadGlossary {
  const text = csv.replace(/^\uFEFF/, '');
  const separator = separatorOf(text.split(/\r?\n/, 1)[0] ?? '');
  const rows = rowsOf(text, separator);
  const hasHeader = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()).join() === COLUMNS.join();
  const entries: GlossaryEntry[] = [];
  const bad: { n: number; line: string }[] = [];
  for (const { n, cells } of hasHeader ? rows.slice(1) : rows) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const entry = entryOf(cells);
    if (entry === undefined) bad.push({ n, line: cells.join(separator) });
    else entries.push(entry);
  }
  return { entries, bad };
}

/** The most frequent separator of a line; the first of them in a tie, a comma if there is none. */
const separatorOf = (line: string): string =>
  [',', ';', '\t'].reduce(
    (best, other) => (line.split(other).length > line.split(best).length ? other : best),
    ',',
  );

function entryOf(cells: readonly string[]): GlossaryEntry | undefined {
  const [from = '', to = '', term = '', translation = ''] = cells.map((cell) =>
    cell
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/^'(?=[=+\-@])/, ''),
  );
  const valid = [term, translation].every((text) => text !== '' && text.length <= MAX_LENGTH);
  return valid && (from === '' || isLanguage(from)) && isLanguage(to) && cells.length <= COLUMNS.length
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

/** Splits a text into rows in one pass. A quoted cell may contain separators, line endings and doubled quotes. */
function rowsOf(text: string, separator: string): { n: number; cells: string[] }[] {
  const rows: { n: number; cells: string[] }[] = [];
  let row = { n: 1, cells: [''] };
  let line = 1;
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    const last = row.cells.length - 1;
    if (char === '\n') line++;
    if (inQuotes) {
      if (char !== '"') row.cells[last] += char;
      else if (text[i + 1] === '"') row.cells[last] += text[++i]!;
      else inQuotes = false;
    } else if (char === '"' && row.cells[last]!.trim() === '') inQuotes = true;
    else if (char === separator) row.cells.push('');
    else if (char === '\n') {
      rows.push(row);
      row = { n: line, cells: [''] };
    } else if (char !== '\r') row.cells[last] += char;
  }
  return [...rows, row];
}

/**
 * What a server's answer says about a file, and whether a later answer is about the same bytes.
 *
 * Whatever the first answer carried, every later one must carry: the same ETag, the same Last-Modified, the same hash
 * and the same length. A tag that is missing later counts as another tag, because nothing then shows that the bytes
 * belong together. ETags are compared as they are written, so `W/"1"` and `"1"` differ: bytes are joined only under one
 * tag. A weak tag and a date are accepted, since a changed length, tag or date is noticed all the same, but only a strong
 * tag is sent as If-Range. Source: RFC 9110, sections 8.8, 13.1.5, 14.4 and 15.3.7.
 */
import { fail } from '../../base/errors.ts';
import type { ByteRange } from './http-request.ts';

/** What identifies a version of a file on its server; `undefined` where an answer does not say. */
export interface FileVersion {
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  /** As published by a hub (`hub.ts`). */
  readonly linked: string | undefined;
}

/** A Content-Range: bytes `first` to `last` of `total`. */
export interface AnsweredPart {
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/** Reads the version from an answer. A header that is hidden from this origin counts as absent. */
export function versionOf({ headers }: Response): FileVersion {
  const text = (name: string) => headers.get(name) ?? undefined;
  return { etag: text('etag'), modified: text('last-modified'), linked: text('x-linked-etag') };
}

/** One text for a version, by which an interrupted import recognises it; undefined if there is none. */
export function tagOf({ etag, modified }: FileVersion): string | undefined {
  return etag ?? modified;
}

/** The value of If-Range for a version; undefined if it has no strong tag. */
export function strongTag({ etag }: FileVersion): string | undefined {
  return etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : undefined;
}

/** Throws `checkpoint-mismatch` unless the answer carries all that `first` carried, with the same values. */
export function requireVersion(who: string, first: FileVersion, answer: Response): void {
  const now = versionOf(answer);
  const headers = [
    ['ETag', first.etag, now.etag],
    ['Last-Modified', first.modified, now.modified],
    ['X-Linked-Etag', first.linked, now.linked],
  ] as const;
  for (const [header, before, after] of headers) {
    if (before !== undefined && before !== after) changed(who, before, after ?? `no ${header}`);
  }
}

/** Throws `checkpoint-mismatch` for a file that is not the one that the download began with. */
export function changed(who: string, expected: string, got: string): never {
  fail('checkpoint-mismatch', {
    who,
    message: 'the file changed on the server during the download',
    expected,
    got,
  });
}

/** Parses a Content-Range with a known total; undefined for any other, and if the answer has none. */
export function partOf({ headers }: Response): AnsweredPart | undefined {
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(headers.get('content-range')?.trim() ?? '');
  if (found === null) return undefined;
  const [first = 0, last = 0, total = 0] = found.slice(1).map(Number);
  const sensible = Number.isSafeInteger(total) && first <= last && last < total;
  return sensible ? { first, last, total } : undefined;
}

/** The file's length in the Content-Range of an answer with status 416; undefined if it states none. */
export function lengthIfOutside({ headers }: Response): number | undefined {
  const found = /^bytes \*\/(\d+)$/i.exec(headers.get('content-range')?.trim() ?? '');
  const length = Number(found?.[1] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** Whether the bytes are those of the file, not of a compressed form of it. */
export function isPlain({ headers }: Response): boolean {
  const coding = headers.get('content-encoding');
  return coding === null || /^(?:|identity)$/i.test(coding.trim());
}

/** The Content-Length of a plain answer; undefined if it states none. */
export function plainLength(answer: Response): number | undefined {
  const text = answer.headers.get('content-length');
  if (text === null || !/^\d+$/.test(text.trim()) || !isPlain(answer)) return undefined;
  const length = Number(text);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** The cause of an error: the server answered a part with the whole file, as if it knew no ranges. */
export class WholeAnswer {
  readonly status = 200;
}

/**
 * Checks the answer to a request for `range` of a file with `size` bytes. Throws `checkpoint-mismatch` for another version
 * or length, `source-read` for an answer that cannot be placed (its cause is {@link WholeAnswer} for a whole file).
 */
export function requirePart(
  file: { readonly name: string; readonly size: number; readonly version: FileVersion },
  { offset, length }: ByteRange,
  answer: Response,
): void {
  const { name, size, version } = file;
  if (answer.status === 416) changed(name, `${size} bytes`, `${lengthIfOutside(answer) ?? 'fewer'} bytes`);
  requireVersion(name, version, answer);
  const expected = `bytes ${offset}-${offset + length - 1}/${size}`;
  if (answer.status !== 206) {
    const now = plainLength(answer);
    if (now !== undefined && now !== size) changed(name, `${size} bytes`, `${now} bytes`);
    const cause = new WholeAnswer();
    fail('source-read', {
      who: name,
      message: 'the server stopped sending parts of the file',
      expected: 206,
      got: answer.status,
      cause,
    });
  }
  const part = partOf(answer);
  if (part !== undefined && part.total !== size) changed(name, `${size} bytes`, `${part.total} bytes`);
  if (part?.first === offset && part.last === offset + length - 1 && isPlain(answer)) return;
  fail('source-read', {
    who: name,
    where: `byte ${offset}`,
    message: 'the server sent a part other than requested',
    expected,
    got: placeOf(answer),
  });
}

function placeOf(answer: Response): string {
  const place = answer.headers.get('content-range') ?? 'no Content-Range';
  return isPlain(answer) ? place : `${place}, ${answer.headers.get('content-encoding')}`;
}

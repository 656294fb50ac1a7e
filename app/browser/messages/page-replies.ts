/**
 * Reads what a content script answers. The script shares its process with the page, so its answer may be anything. Only
 * what pages of Linnet use themselves is checked here, in few bytes; the worker checks the text of a page against its
 * schema when it is sent there.
 */
import { ENGINE_ERROR_CODES, EngineError } from '../../../engine/index.ts';
import type { AppErrorCode, ErrorCode, WireError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { PageReading, PageRequestKind, PageRequests, PassageShown } from './page-messages.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The reply. Throws `request-invalid`, which names the field, if it has another form. */
export function readReply<K extends PageRequestKind>(kind: K, value: unknown): PageRequests[K]['reply'] {
  return REPLIES[kind](value, kind) as PageRequests[K]['reply'];
}

const nothing = (value: unknown, kind: string): null =>
  value === null ? null : refuse(kind, 'value', 'null', value);

const REPLIES: { readonly [K in PageRequestKind]: (value: unknown, kind: string) => unknown } = {
  extract: reading,
  'show-passage': (value, kind) =>
    SHOWN.includes(value as PassageShown) ? value : refuse(kind, 'value', SHOWN.join(', '), value),
  'translate-selection': nothing,
  'translate-written': nothing,
  'translate-page': nothing,
  'translate-this': nothing,
};

const SHOWN: readonly PassageShown[] = ['shown', 'elsewhere', 'gone'];

function reading(value: unknown, kind: string): PageReading {
  const { page: given, selection, written, unselectable } = fieldsOf(value, kind, 'value');
  const page = fieldsOf(given, kind, 'page');
  const { title, lang, headings, dir } = page;
  for (const [name, longest] of [
    ['url', LIMITS.url],
    ['text', LIMITS.page],
    ['source', LIMITS.name],
  ] as const)
    text(page[name], longest, kind, `page.${name}`);
  text(title, LIMITS.page, kind, 'page.title');
  text(selection, LIMITS.page, kind, 'selection');
  if (dir !== 'ltr' && dir !== 'rtl') refuse(kind, 'page.dir', 'ltr or rtl', dir);
  if (headings !== undefined && !isCounts(headings)) refuse(kind, 'page.headings', 'numbers', headings);
  for (const [name, fact] of Object.entries({ written, unselectable }))
    if (fact !== undefined && typeof fact !== 'boolean') refuse(kind, name, 'a boolean', fact);
  // A page may declare any title and any language: the one is shortened, the other left out.
  const tag = typeof lang === 'string' && lang.length <= LIMITS.language ? { lang } : {};
  const { lang: _, ...others } = page;
  const read = { ...others, ...tag, title: (title as string).slice(0, LIMITS.title) };
  return { ...(value as Fields), page: read } as unknown as PageReading;
}

const isCounts = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= LIMITS.headings &&
  value.every((count) => Number.isSafeInteger(count) && count >= 0);

function fieldsOf(value: unknown, kind: string, where: string): Fields {
  if (typeof value === 'object' && value !== null) return value as Fields;
  return refuse(kind, where, 'an object', value);
}

function text(value: unknown, longest: number, kind: string, where: string): void {
  if (typeof value !== 'string' || value.length > longest)
    refuse(kind, where, `a string of at most ${longest} characters`, value);
}

/** Says what kind of value it is, and not which: it may be a person's text. */
function refuse(kind: string, where: string, expected: string, value: unknown): never {
  throw new EngineError('request-invalid', {
    who: `the answer of the page to ${kind}`,
    message: `${where} has another form`,
    where,
    expected,
    got: typeof value === 'string' ? `a string of ${value.length} characters` : typeof value,
  });
}

const APP_ERRORS: Readonly<Record<AppErrorCode, true>> = {
  'no-model': true,
  'page-restricted': true,
  'page-uncalled': true,
  'page-pdf': true,
  'page-hides': true,
  'page-empty': true,
  'page-painted': true,
  'page-framed': true,
  'page-slow': true,
  'text-none': true,
  'erase-incomplete': true,
  'import-stuck': true,
  'server-address': true,
  'server-down': true,
  'server-refused': true,
  'server-unlike': true,
  'server-model': true,
  'server-key': true,
  'server-busy': true,
  'server-failed': true,
  'server-cut': true,
  'server-silent': true,
  'server-permission': true,
  'server-private': true,
  'request-refused': true,
  'engine-unreachable': true,
};
const CODES: readonly string[] = [...ENGINE_ERROR_CODES, ...Object.keys(APP_ERRORS)];

/** The error that a content script reports. A code that there is no text for counts as `internal`. */
export function readError(value: unknown, kind: string): WireError {
  const error = fieldsOf(value, kind, 'error');
  for (const name of ['code', 'who', 'message'] as const)
    text(error[name], LIMITS.prompt, kind, `error.${name}`);
  const facts = ['next', 'expected', 'got', 'where'].flatMap((name) => {
    const fact = error[name];
    return typeof fact === 'string' ? [[name, fact.slice(0, LIMITS.title)]] : [];
  });
  const { code, who, message } = error as { readonly code: string; who: string; message: string };
  const known = (CODES.includes(code) ? code : 'internal') as ErrorCode;
  return { code: known, who, message, ...Object.fromEntries(facts) };
}

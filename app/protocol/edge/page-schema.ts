/** The schemas of what a page was read as. The script that reads it shares its process with the page. */
import * as v from 'valibot';
import { ENGINE_ERROR_CODES } from '../../../engine/index.ts';
import type { AppErrorCode, ErrorCode } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { count, list, text } from './fields.ts';

export const page = v.object({
  url: text(LIMITS.url),
  title: text(LIMITS.title),
  // As the page declares it, which need not be a tag.
  lang: v.optional(text(LIMITS.language)),
  dir: v.picklist(['ltr', 'rtl']),
  text: text(LIMITS.page),
  headings: v.optional(list(count, LIMITS.headings)),
  source: v.picklist(['readability', 'thread', 'main', 'body', 'selection']),
});

/** A page may declare any title and any language; the one is shortened, the other left out. */
const declared = v.object({
  ...page.entries,
  title: v.pipe(
    v.string(),
    v.transform((title) => title.slice(0, LIMITS.title)),
  ),
  lang: v.pipe(
    v.optional(v.string()),
    v.transform((lang) => (lang !== undefined && lang.length <= LIMITS.language ? lang : undefined)),
  ),
});

const appErrors: Readonly<Record<AppErrorCode, true>> = {
  'no-model': true,
  'page-restricted': true,
  'page-uncalled': true,
  'page-pdf': true,
  'page-hides': true,
  'page-empty': true,
  'text-none': true,
  'request-refused': true,
  'engine-unreachable': true,
};
const CODES: readonly string[] = [...ENGINE_ERROR_CODES, ...Object.keys(appErrors)];

const note = v.optional(text(LIMITS.title));

/** An error that the content script reports. A code that there is no text for counts as `internal`. */
export const pageError = v.object({
  code: v.pipe(
    v.string(),
    v.transform((code) => (CODES.includes(code) ? code : 'internal') as ErrorCode),
  ),
  who: text(LIMITS.title),
  message: text(LIMITS.prompt),
  next: note,
  expected: note,
  got: note,
  where: note,
});

/** What the content script answers to each request for it (app/browser/page-messages.ts). */
export const pageReplies = {
  extract: v.object({
    page: declared,
    selection: text(LIMITS.page),
    written: v.optional(v.boolean()),
  }),
  'show-passage': v.picklist(['shown', 'elsewhere', 'gone']),
  'translate-selection': v.null(),
  'translate-written': v.null(),
  'translate-page': v.null(),
  'translate-this': v.null(),
};

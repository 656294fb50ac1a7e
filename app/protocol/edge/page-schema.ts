/** The schema of what a page was read as. */
import * as v from 'valibot';
import { LIMITS } from '../limits.ts';
import { count, list, mark, text } from './fields.ts';

export const page = v.object({
  url: text(LIMITS.url),
  title: text(LIMITS.title),
  // As the page declares it, which need not be a tag.
  lang: v.optional(text(LIMITS.language)),
  dir: v.picklist(['ltr', 'rtl']),
  text: text(LIMITS.page),
  headings: v.optional(list(count, LIMITS.headings)),
  source: v.picklist(['readability', 'thread', 'main', 'body', 'selection']),
  cut: mark,
});

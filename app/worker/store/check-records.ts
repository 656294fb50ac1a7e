/**
 * What a stored record must be to be shown. Only the parts are checked that would otherwise throw somewhere else: fields
 * of a newer version of Linnet stay, and count as no damage.
 */
import * as v from 'valibot';
import type { Job, PageText } from '../../protocol/types.ts';
import type { StoredConversation } from './stored-records.ts';

const time = v.pipe(v.number(), v.finite());
const count = v.optional(v.pipe(v.number(), v.finite()));
const text = v.optional(v.string());
const flag = v.optional(v.boolean());
const texts = v.optional(v.array(v.string()));
const inMemory = v.optional(v.picklist(['private-window', 'session']));
const dir = v.picklist(['ltr', 'rtl']);

const conversation = v.looseObject({
  id: v.string(),
  title: v.string(),
  page: v.optional(v.looseObject({ url: v.string(), title: v.string(), dir, lang: text, tab: count })),
  jobs: v.array(v.string()),
  branches: v.optional(v.array(v.array(v.string()))),
  inMemory,
  createdAt: time,
  updatedAt: time,
  deletedAt: v.optional(time),
});

const page = v.looseObject({
  url: v.string(),
  title: v.string(),
  lang: text,
  dir,
  text: v.string(),
  headings: v.optional(v.array(v.number())),
  source: v.picklist(['readability', 'thread', 'main', 'body', 'selection']),
  attached: v.optional(v.array(v.looseObject({ id: v.string(), name: text, text: v.string() }))),
});

const progress = v.variant('phase', [
  v.looseObject({ phase: v.picklist(['queued', 'loading', 'interrupted']) }),
  v.looseObject({
    phase: v.literal('reading'),
    prompt: v.optional(v.looseObject({ done: time, total: time, reused: time })),
  }),
  v.looseObject({ phase: v.literal('writing'), thinking: flag }),
  v.looseObject({ phase: v.literal('done'), cut: flag, onlyThought: flag }),
  v.looseObject({ phase: v.literal('stopped'), cut: flag }),
  v.looseObject({
    phase: v.literal('failed'),
    error: v.looseObject({ code: v.string(), who: v.string(), message: v.string(), next: text }),
  }),
]);

const coverage = v.optional(v.looseObject({ used: time, total: time, sooner: v.optional(v.literal(true)) }));
const claims = v.optional(v.looseObject({ leftOut: v.array(v.string()), doubtful: texts, quoted: flag }));

const quoting = { quotes: texts, quoted: flag, notAsked: text };

const passages = v.array(v.nullable(v.string()));

const base = {
  id: v.string(),
  progress,
  text: v.string(),
  conversation: text,
  tab: count,
  inMemory,
  context: v.optional(v.looseObject({ prompt: time, capacity: time })),
  tokens: count,
  tokensPerSecond: count,
  model: text,
  server: v.optional(v.looseObject({ host: text })),
  createdAt: time,
  updatedAt: time,
};

const job = v.variant('kind', [
  v.looseObject({
    ...base,
    kind: v.literal('summary'),
    request: v.looseObject({
      kind: v.literal('summary'),
      style: v.looseObject({
        type: v.picklist(['key-points', 'tldr', 'teaser', 'headline']),
        length: v.picklist(['short', 'medium', 'long']),
      }),
      language: text,
    }),
    rounds: v.optional(
      v.array(
        v.looseObject({
          ends: v.array(v.number()),
          points: v.array(v.string()),
          cut: v.optional(v.array(v.number())),
          order: v.optional(v.union([v.literal('spread'), v.array(v.number())])),
        }),
      ),
    ),
    preliminary: v.optional(v.looseObject({ text: v.string(), passages })),
    rules: texts,
    claims,
    passages: v.optional(passages),
    pageLanguage: text,
    sought: v.optional(v.array(v.number())),
    coverage,
    ...quoting,
    practice: flag,
  }),
  v.looseObject({
    ...base,
    kind: v.literal('translation'),
    request: v.looseObject({
      kind: v.literal('translation'),
      text: v.string(),
      language: v.string(),
      from: text,
      marked: flag,
    }),
    part: v.optional(v.looseObject({ done: time, total: time })),
    terms: v.optional(
      v.array(v.looseObject({ term: v.string(), translation: v.string(), kept: v.boolean() })),
    ),
    lost: texts,
  }),
  v.looseObject({
    ...base,
    kind: v.literal('chat'),
    request: v.looseObject({
      kind: v.literal('chat'),
      text: v.string(),
      alone: flag,
      fills: v.optional(v.looseObject({ selection: text, language: text })),
      attached: v.optional(v.array(v.looseObject({ id: v.string(), name: text, characters: time }))),
    }),
    coverage,
    excerpts: v.optional(
      v.looseObject({
        by: v.picklist(['question', 'spread']),
        ranges: v.array(v.looseTuple([v.number(), v.number()])),
      }),
    ),
    forgotten: count,
    claims,
    ...quoting,
  }),
]);

/** `Intl` throws at what is no language tag, and views give it the language of an answer. */
function isTag(tag: string | undefined): boolean {
  try {
    return tag === undefined || Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export const isConversation = (x: unknown): x is StoredConversation => v.is(conversation, x);

export const isPageText = (x: unknown): x is PageText => v.is(page, x);

export const isJob = (x: unknown): x is Job =>
  v.is(job, x) && (x.request.kind === 'chat' || isTag(x.request.language));

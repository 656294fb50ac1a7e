/**
 * The schema of each request. The compiler asks for a missing one and for one that says less or more than the type of the
 * request (schemas.test.ts). A field that a schema does not name is left out.
 */
import * as v from 'valibot';
import { LIMITS } from '../limits.ts';
import type { OptionalSetting, RequestKind, Send } from '../requests.ts';
import { CHOSEN_SIZES } from '../model-traits.ts';
import { targetLanguages } from '../target-languages.ts';
import { count, id, language, list, mark, number, text, topic } from './fields.ts';
import { page } from './page-schema.ts';
import { WORD_CLASSES } from '../page/words.ts';
import { ownServer, rule, settingFields, someSettings, style, task, taskName } from './settings-schema.ts';

const tab = v.optional(count);
const url = v.optional(text(LIMITS.url));
/** `private`: of a private window. */
const target = { tab, conversation: v.optional(id), url, private: mark };

const summary = v.object({ kind: v.literal('summary'), style, language: v.optional(language), whole: mark });

const translation = v.object({
  kind: v.literal('translation'),
  text: text(),
  language,
  from: v.optional(language),
  marked: v.optional(v.boolean()),
  sentence: v.optional(text(LIMITS.sentence)),
});

const attachment = { id, name: v.optional(text(LIMITS.name)) };

const chat = v.object({
  kind: v.literal('chat'),
  text: text(),
  alone: mark,
  whole: mark,
  fills: v.optional(
    v.object({ selection: v.optional(text(LIMITS.page)), language: v.optional(text(LIMITS.name)) }),
  ),
  attached: v.optional(list(v.object({ ...attachment, characters: count }), LIMITS.attachments)),
});

const attached = v.optional(
  v.pipe(
    list(v.object({ ...attachment, text: text(LIMITS.attached) }), LIMITS.attachments),
    v.check(
      (texts) => texts.reduce((sum, each) => sum + each.text.length, 0) <= LIMITS.attached,
      `texts of at most ${LIMITS.attached} characters together`,
    ),
  ),
);

const term = v.object({
  term: text(LIMITS.term),
  translation: text(LIMITS.term),
  from: v.optional(language),
  to: language,
});
const terms = v.object({ entries: list(term, LIMITS.terms) });

const word = v.object({
  word: text(LIMITS.word),
  translation: text(LIMITS.word),
  from: v.optional(language),
  to: language,
  sentence: v.optional(text(LIMITS.sentence)),
  wordClass: v.optional(v.picklist(WORD_CLASSES)),
  sense: v.optional(text(LIMITS.word)),
  url: v.optional(text(LIMITS.url)),
  keptAt: number,
});
const words = v.object({ words: list(word, LIMITS.words) });

const languageAbout = v.object({ kind: v.literal('language'), language });
const about = v.variant('kind', [v.object({ kind: v.literal('site'), url }), languageAbout]);

const listed = v.pipe(count, v.maxValue(LIMITS.list));
const nothing = v.object({});
const ofJob = v.object({ job: id });
const ofConversation = v.object({ conversation: id });
const ofId = v.object({ id });
const source = { address: text(LIMITS.address), revision: v.optional(text(LIMITS.address)) };

const optionalSettings = Object.keys(settingFields).filter((name) =>
  v.is(settingFields[name as keyof typeof settingFields], undefined),
) as OptionalSetting[];

const level = v.pipe(number, v.minValue(0), v.maxValue(1));
const power = v.object({
  charging: v.optional(v.boolean()),
  level: v.optional(level),
  phone: v.boolean(),
});

export const requestSchemas = {
  summarise: v.object({ request: summary, target: v.object({ ...target, page, attached }) }),
  translate: v.object({ request: translation, passing: v.optional(v.boolean()) }),
  glossary: nothing,
  'put-terms': terms,
  'remove-terms': terms,
  words: nothing,
  'keep-word': ofJob,
  'drop-word': ofJob,
  'put-words': words,
  'remove-words': words,
  'set-rule': v.object({ about, rule: v.optional(rule) }),
  chat: v.object({ request: chat, target: v.object({ ...target, page: v.optional(page), attached }) }),
  edit: v.object({ job: id, text: text() }),
  stop: ofJob,
  regenerate: v.object({ job: id, whole: mark }),
  continue: ofJob,
  'show-branch': v.object({ conversation: id, job: id }),
  prompt: ofJob,
  current: v.object({ tab, url, private: mark }),
  'page-changed': v.object({ conversation: id, page }),
  'find-passage': v.object({ job: id, point: count }),
  summarised: v.object({ page, private: mark }),
  conversations: v.object({ limit: listed, private: mark }),
  'search-conversations': v.object({ find: text(LIMITS.search), limit: listed, private: mark }),
  'rename-conversation': v.object({ conversation: id, title: text(LIMITS.title) }),
  'delete-conversation': ofConversation,
  'restore-conversation': ofConversation,
  transcript: ofConversation,
  erase: v.object({ models: v.boolean() }),
  translations: v.object({ limit: listed }),
  'delete-translations': v.object({ jobs: v.optional(list(id, LIMITS.list)) }),
  'end-private': nothing,
  'delete-damaged': nothing,
  watch: v.object({ topics: list(topic, LIMITS.topics) }),
  resync: v.object({ topic }),
  warm: nothing,
  'read-ahead': v.object({
    page: v.optional(page),
    conversation: v.optional(id),
    translation: v.optional(translation),
    power: v.optional(power),
    private: mark,
  }),
  unload: nothing,
  'import-address': v.object({
    ...source,
    name: v.optional(text(LIMITS.name)),
    weights: v.optional(v.picklist(CHOSEN_SIZES)),
  }),
  'improve-model': ofId,
  'measure-loss': ofId,
  'stop-measuring': nothing,
  'preview-import': v.object(source),
  'find-models': v.object(source),
  'hub-token': v.object({ token: text(LIMITS.name), keep: v.boolean() }),
  'server-models': v.object({ address: text(LIMITS.address) }),
  'try-server': v.object({ server: ownServer }),
  'server-key': v.object({ address: text(LIMITS.address), key: text(LIMITS.address), keep: v.boolean() }),
  'pause-import': ofId,
  'resume-import': ofId,
  'dismiss-import': ofId,
  'use-model': ofId,
  'delete-model': ofId,
  'verify-model': ofId,
  benchmark: nothing,
  'stop-benchmark': nothing,
  probe: nothing,
  'stop-probe': nothing,
  offer: v.object({ task, private: mark }),
  settings: nothing,
  'set-settings': v.object({
    settings: someSettings,
    unset: v.optional(list(v.picklist(optionalSettings), LIMITS.records)),
  }),
  languages: nothing,
  'choose-language': v.object({ language: v.picklist(targetLanguages) }),
  'task-prompts': nothing,
  'change-task-prompt': v.object({ profile: id, task: taskName, text: text(LIMITS.prompt) }),
  'reset-task-prompt': v.object({ profile: id, task: taskName }),
  diagnostics: nothing,
} satisfies { [K in RequestKind]: v.GenericSchema<unknown, Send<K>> };

/** What a web page may send is narrower than what a page of the extension may. */
export const webPageSchemas = {
  offer: v.object({ task: v.literal('translation') }),
  'read-ahead': v.object({
    page: v.optional(page),
    translation: v.optional(translation),
    power: v.optional(power),
  }),
  // Without an address: the site is that of the sender.
  'set-rule': v.object({
    about: v.variant('kind', [v.object({ kind: v.literal('site') }), languageAbout]),
    rule: v.optional(rule),
  }),
} satisfies { [K in RequestKind]?: v.GenericSchema<unknown, Send<K>> };

/** Files that a person picked (files.ts). */
export const filesMessage = v.object({
  kind: v.literal('import-files'),
  id,
  name: text(LIMITS.address),
  files: list(v.object({ path: text(LIMITS.address), file: v.instance(File) }), LIMITS.list),
  improves: v.optional(id),
  measures: v.optional(id),
});

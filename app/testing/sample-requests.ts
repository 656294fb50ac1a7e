/** One request of each kind, with all of its fields, about the given jobs and conversations. */
import { attachmentFacts } from '../protocol/files.ts';
import type { RequestKind, Send } from '../protocol/requests.ts';
import type { PageText } from '../protocol/types.ts';

export interface SampleIds {
  /** A job that is over. */
  readonly job: string;
  readonly conversation: string;
  /** A stored model. */
  readonly model: string;
}

const samplePage: PageText = {
  url: 'https://example.org/linnet',
  title: 'The linnet',
  lang: 'en',
  dir: 'ltr',
  text: 'The linnet\n\nThe linnet is a small finch. It sings.',
  headings: [0],
  source: 'readability',
  cut: true,
};

const word = {
  word: 'gorse',
  translation: 'Ginster',
  from: 'en',
  to: 'de',
  sentence: 'It nests in gorse.',
  wordClass: 'noun' as const,
  sense: 'ein Strauch mit Dornen',
  url: 'https://example.org/linnet',
  keptAt: 1_700_000_000_000,
};

const translation = {
  kind: 'translation',
  text: 'An open gate.',
  language: 'de',
  from: 'en',
  marked: false,
  sentence: 'An open gate.',
} as const;

const entry = { term: 'gate', translation: 'Tor', from: 'en', to: 'de' };

export function sampleRequests({ job, conversation, model }: SampleIds): {
  [K in RequestKind]: Send<K>;
} {
  const page = samplePage;
  const attached = [{ id: 'a-1', name: 'notes.txt', text: 'It nests in gorse.' }];
  const target = { page, tab: 3, url: page.url, private: true as const, conversation, attached };
  return {
    summarise: {
      request: { kind: 'summary', style: { type: 'tldr', length: 'short' }, language: 'de', whole: true },
      target,
    },
    translate: { request: translation, passing: false },
    glossary: {},
    'put-terms': { entries: [entry] },
    'remove-terms': { entries: [entry] },
    words: {},
    'keep-word': { job },
    'drop-word': { job },
    'put-words': { words: [word] },
    'remove-words': { words: [word] },
    'set-rule': { about: { kind: 'language', language: 'nl' }, rule: 'always' },
    chat: {
      request: {
        kind: 'chat',
        text: 'Does it sing?',
        alone: true,
        whole: true,
        fills: { selection: 'It sings.', language: 'German' },
        attached: attached.map(attachmentFacts),
      },
      target,
    },
    edit: { job, text: 'Does it fly?' },
    stop: { job },
    regenerate: { job, whole: true },
    continue: { job },
    'show-branch': { conversation, job },
    prompt: { job },
    current: { tab: 3, url: page.url, private: true },
    'page-changed': { conversation, page },
    'find-passage': { job, point: 0 },
    summarised: { page, private: true },
    conversations: { limit: 10, private: true },
    'search-conversations': { limit: 10, find: 'linnet', private: true },
    'rename-conversation': { conversation, title: 'Finches' },
    'delete-conversation': { conversation },
    'restore-conversation': { conversation },
    transcript: { conversation },
    erase: { models: true },
    translations: { limit: 10 },
    'delete-translations': { jobs: [job] },
    'end-private': {},
    'delete-damaged': {},
    watch: { topics: ['models', `job:${job}`, `conversation:${conversation}`] },
    resync: { topic: `job:${job}` },
    warm: {},
    'read-ahead': {
      page,
      conversation,
      translation,
      power: { charging: false, level: 0.7, phone: true },
      private: true,
    },
    unload: {},
    'server-models': { address: 'http://192.168.1.5:11434' },
    'try-server': {
      server: {
        address: 'http://192.168.1.5:11434/v1/',
        model: 'big',
        context: 8192,
        used: true,
        inPrivate: true,
      },
    },
    'server-key': { address: 'http://192.168.1.5:11434', key: 'k', keep: false },
    'import-address': {
      address: 'http://127.0.0.1:8080/model/',
      name: 'Mine',
      revision: 'main',
      weights: 'q8',
    },
    'improve-model': { id: model },
    'measure-loss': { id: model },
    'stop-measuring': {},
    'preview-import': { address: 'http://127.0.0.1:8080/model/', revision: 'main' },
    'find-models': { address: 'hf.co/org/name', revision: 'main' },
    'hub-token': { token: 'hf_sample', keep: false },
    'pause-import': { id: 'import' },
    'resume-import': { id: 'import' },
    'dismiss-import': { id: 'import' },
    'use-model': { id: model },
    'delete-model': { id: model },
    'verify-model': { id: model },
    benchmark: {},
    'stop-benchmark': {},
    probe: {},
    'stop-probe': {},
    offer: { task: 'translation' },
    settings: {},
    'set-settings': {
      settings: {
        style: { type: 'headline', length: 'long' },
        pace: 'full',
        prompts: [{ name: 'simple', text: 'Say it simply.', inMenu: true }],
        models: { chat: model },
        taskPrompts: { general: { notes: 'Read this.' } },
        idleMinutes: 3,
        keepFor: 'week',
        neverKept: ['example.org'],
        siteRules: { 'example.org': 'always' },
        languageRules: { nl: 'never' },
        hoverKey: 'alt',
      },
      unset: ['summaryLanguage'],
    },
    languages: {},
    'choose-language': { language: 'fr' },
    'task-prompts': {},
    'change-task-prompt': { profile: 'general', task: 'notes', text: 'Read this.' },
    'reset-task-prompt': { profile: 'general', task: 'notes' },
    diagnostics: {},
  };
}

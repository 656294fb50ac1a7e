/** Builds protocol objects for tests from the few fields a test is about, so that a change of their shape is made here. */
import type { StoredModel } from '../../engine/index.ts';
import type { ModelOffer } from '../protocol/abilities.ts';
import type { WireError } from '../protocol/errors.ts';
import type {
  ChatJob,
  Conversation,
  GlossaryEntry,
  ImportState,
  Job,
  Models,
  PageText,
  Settings,
  SummaryJob,
  TranslationJob,
} from '../protocol/types.ts';

/** The fields of a job that a test may change; the fields of its request are given apart. */
type Change<J extends Job> = Partial<Omit<J, 'kind' | 'request'>>;

const base = {
  progress: { phase: 'done' },
  text: '',
  createdAt: 0,
  updatedAt: 0,
} as const;

/** A finished answer to a question, unless `change` says otherwise. `alone`: asked without the page. */
export function chatJob({
  question = 'Does it sing?',
  alone,
  ...change
}: Change<ChatJob> & { question?: string; alone?: true } = {}): ChatJob {
  return { ...base, id: 'chat', kind: 'chat', request: { kind: 'chat', text: question, alone }, ...change };
}

/** A finished summary, unless `change` says otherwise. `language`: BCP 47, of the summary. */
export function summaryJob({
  type = 'key-points',
  length = 'short',
  language,
  ...change
}: Change<SummaryJob> & Partial<Settings['style']> & { language?: string } = {}): SummaryJob {
  const request = { kind: 'summary', style: { type, length }, language } as const;
  return { ...base, id: 'summary', kind: 'summary', request, ...change };
}

/** A finished translation into German, unless `change` says otherwise. */
export function translationJob({
  source = 'A linnet sings.',
  language = 'de',
  ...change
}: Change<TranslationJob> & { source?: string; language?: string } = {}): TranslationJob {
  const request = { kind: 'translation', text: source, language } as const;
  return { ...base, id: 'translation', kind: 'translation', request, ...change };
}

export const conversation = (change: Partial<Conversation> = {}): Conversation => ({
  id: 'c',
  title: 'Small birds',
  jobs: [],
  createdAt: 0,
  updatedAt: 0,
  ...change,
});

/** The page that a conversation is about. */
export const conversationPage: NonNullable<Conversation['page']> = {
  url: 'https://example.org/linnet',
  title: 'The linnet',
  dir: 'ltr',
  lang: 'en',
};

export const settings = (change: Partial<Settings> = {}): Settings => ({
  style: { type: 'tldr', length: 'short' },
  autoStart: true,
  language: 'en',
  demoImported: true,
  pace: 'balanced',
  prompts: [],
  ...change,
});

/** What a model that was tried and writes English and German is offered for. */
export const modelOffer = (change: Partial<ModelOffer> = {}): ModelOffer => ({
  keyPoints: 'model',
  prose: 'model',
  chat: true,
  languages: [
    { tag: 'en', writes: true },
    { tag: 'de', writes: true },
  ],
  otherLanguages: true,
  tried: true,
  ...change,
});

/** One stored model that is ready to load. */
export const models = (change: Partial<Models> = {}): Models => ({
  active: { kind: 'idle', model: storedModel() },
  stored: [storedModel()],
  imports: [],
  ...change,
});

export const storedModel = (change: Partial<StoredModel> = {}): StoredModel => ({
  id: 'tiny',
  name: 'Tiny',
  family: 'llama',
  weights: 'm0e4',
  bytes: 1000,
  importedAt: 1,
  contextLength: 400,
  hasChatTemplate: true,
  ...change,
});

export const importState = (change: Partial<ImportState> = {}): ImportState => ({
  id: 'import',
  name: 'Small model',
  progress: { phase: 'reading', done: 50, total: 100 },
  status: 'running',
  bytesPerSecond: 0,
  ...change,
});

export const glossaryEntry = (change: Partial<GlossaryEntry> = {}): GlossaryEntry => ({
  term: 'linnet',
  translation: 'Bluthänfling',
  from: 'en',
  to: 'de',
  ...change,
});

export const pageText = (change: Partial<PageText> = {}): PageText => ({
  url: 'https://example.org/linnet',
  title: 'The linnet',
  lang: 'en',
  dir: 'ltr',
  text: 'The linnet is a small finch. It sings.',
  source: 'readability',
  ...change,
});

export const wireError = (change: Partial<WireError> = {}): WireError => ({
  code: 'gpu-lost',
  who: 'gpu',
  message: 'the device was lost',
  next: 'Try again.',
  ...change,
});

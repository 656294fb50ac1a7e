/** Builds protocol objects for tests from the few fields a test is about, so that a change of their shape is made here. */
import type { StoredModel } from '../../engine/index.ts';
import type { WireError } from '../protocol/errors.ts';
import type {
  Conversation,
  GlossaryEntry,
  ImportState,
  Job,
  Models,
  PageText,
  Settings,
} from '../protocol/types.ts';

/** A job without its request; the question is given apart. */
type JobChange = Partial<Omit<Job, 'request'>>;

const base: Omit<Job, 'request' | 'id'> = {
  status: 'done',
  text: '',
  createdAt: 0,
  updatedAt: 0,
};

/** A finished answer to a question, unless `change` says otherwise. `alone`: asked without the page. */
export function chatJob({
  question = 'Does it sing?',
  alone,
  ...change
}: JobChange & { question?: string; alone?: true } = {}): Job {
  return { ...base, id: 'chat', request: { kind: 'chat', text: question, alone }, ...change };
}

/** A finished summary, unless `change` says otherwise. `language`: BCP 47, of the summary. */
export function summaryJob({
  type = 'key-points',
  length = 'short',
  language,
  ...change
}: JobChange & Partial<Settings['style']> & { language?: string } = {}): Job {
  return { ...base, id: 'summary', request: { kind: 'summary', style: { type, length }, language }, ...change };
}

/** A finished translation into German, unless `change` says otherwise. */
export function translationJob({
  source = 'A linnet sings.',
  language = 'de',
  ...change
}: JobChange & { source?: string; language?: string } = {}): Job {
  return { ...base, id: 'translation', request: { kind: 'translation', text: source, language }, ...change };
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

/**
 * Who may ask for what. One row for each request and each topic: the compiler asks for a missing one. A web page gets
 * what its bubble and the translation of the page need; a content script shares its process with the page, so what the
 * script may ask for counts as known to the page.
 */
import type { RequestKind, TopicKind } from '../requests.ts';
import type { SenderRole } from '../sender.ts';

/** `own-jobs`: only for jobs that the sender asked for itself. */
export type Permission = 'all' | 'own-jobs' | 'none';
export type Row = Readonly<Record<SenderRole, Permission>>;

const ownPages: Row = { 'own-page': 'all', 'web-page': 'none', unknown: 'none' };
const everyPage: Row = { 'own-page': 'all', 'web-page': 'all', unknown: 'none' };
const ownerOfJob: Row = { 'own-page': 'all', 'web-page': 'own-jobs', unknown: 'none' };

export const requestAccess = {
  // Translating on a web page.
  translate: everyPage,
  stop: ownerOfJob,
  offer: everyPage,
  // What its bubble offers; itself, where the person summarises its site often.
  'read-ahead': everyPage,
  languages: everyPage,
  'choose-language': everyPage,
  // For its own site, and for languages.
  'set-rule': everyPage,
  'keep-word': ownerOfJob,
  'drop-word': ownerOfJob,
  // Which topics, the second table says.
  watch: everyPage,
  resync: everyPage,

  // Conversations and their answers.
  summarise: ownPages,
  chat: ownPages,
  edit: ownPages,
  regenerate: ownPages,
  continue: ownPages,
  'show-branch': ownPages,
  prompt: ownPages,
  current: ownPages,
  'page-changed': ownPages,
  'find-passage': ownPages,
  summarised: ownPages,
  conversations: ownPages,
  'search-conversations': ownPages,
  'rename-conversation': ownPages,
  'delete-conversation': ownPages,
  'restore-conversation': ownPages,
  transcript: ownPages,
  erase: ownPages,
  translations: ownPages,
  'delete-translations': ownPages,
  'end-private': ownPages,
  'delete-damaged': ownPages,

  // What a person wrote and chose.
  glossary: ownPages,
  'put-terms': ownPages,
  'remove-terms': ownPages,
  words: ownPages,
  'put-words': ownPages,
  'remove-words': ownPages,
  settings: ownPages,
  'set-settings': ownPages,
  'task-prompts': ownPages,
  'change-task-prompt': ownPages,
  'reset-task-prompt': ownPages,

  // Models. An address is fetched only where a person typed it or pressed its button, on a page of the extension.
  'import-address': ownPages,
  'improve-model': ownPages,
  'measure-loss': ownPages,
  'stop-measuring': ownPages,
  'preview-import': ownPages,
  'find-models': ownPages,
  'hub-token': ownPages,
  'server-models': ownPages,
  'try-server': ownPages,
  'server-key': ownPages,
  'pause-import': ownPages,
  'resume-import': ownPages,
  'dismiss-import': ownPages,
  'use-model': ownPages,
  'delete-model': ownPages,
  'verify-model': ownPages,
  warm: ownPages,
  unload: ownPages,
  benchmark: ownPages,
  'stop-benchmark': ownPages,
  probe: ownPages,
  'stop-probe': ownPages,
  diagnostics: ownPages,
} as const satisfies Record<RequestKind, Row>;

export const topicAccess = {
  job: ownerOfJob,
  languages: everyPage,
  models: ownPages,
  settings: ownPages,
  conversations: ownPages,
  conversation: ownPages,
  glossary: ownPages,
  words: ownPages,
  notices: ownPages,
} as const satisfies Record<TopicKind, Row>;

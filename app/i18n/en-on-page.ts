/**
 * The texts that Linnet shows on web pages, in English. The content script has these alone, since it is sent to a page
 * whenever it is needed; pages of Linnet have all of them (`en.ts`). `on-page-texts.test.ts` finds a missing one.
 */
import { enErrors } from './en-errors.ts';
import { enRulesOnPage } from './en-rules.ts';
import { enTranslate } from './en-translate.ts';

/** Shown on web pages and on pages of Linnet. */
const shared = {
  summarise: 'Summarise this page',
  'summarise-selection': 'Summarise the selection',
  'translate-selection': 'Translate the selection',
  stop: 'Stop',
  copy: 'Copy',
  copied: 'Copied',
  'copy-failed': 'Could not copy',
  back: 'Back',
  send: 'Send',
  models: 'Models',
  'sent-to': 'Sent to {host}',
  'sent-to-own': 'Sent to your own server',
  'sends-to': '{model} at {host} answers: what you ask and the texts for it leave this device.',
  'sends-to-own': 'Your own server translates: the texts leave this device.',
  'delete-conversation': 'Delete this conversation',
  linnet: 'Linnet',
  conversation: 'Conversation',
  'status-loading': 'Getting the model ready…',
  'status-reading': 'Reading the page…',
  'status-reading-text': 'Reading…',
  'status-thinking': 'Thinking…',
  'status-writing': 'Writing…',
  rate: '{rate} tokens/s',
  cut: 'The answer stops here because it reached the length limit.',
  empty: 'The model returned no text.',
  'page-changed': 'The page has changed since it was read.',
  'claims-lost': 'Missing from the translation: {claims}',
  details: 'Details',
  'model-connecting': 'Starting…',
  delete: 'Delete',
  'import-files': 'Choose files',
  'import-address': 'Repository or address',
  no: 'no',
  'offer-unwritten': '{name} does not write {languages}.',
  'offer-better': 'Choose a better model',
  translate: 'Translate',
  translation: 'Translation',
  'translate-into': 'Into',
  close: 'Close',
  replace: 'Replace',
  undo: 'Undo',
  'engine-gone': 'The connection to Linnet was lost. Reload this page.',
  conversations: 'Conversations',
  search: 'Search conversations',
  settings: 'Settings',
} as const;

export const enOnPage = { ...enErrors, ...enTranslate, ...enRulesOnPage, ...shared } as const;

/** Texts about what is kept, and about what did not work at the start, in English; see en.ts. */
export const enKeeping = {
  'notice-database':
    'Conversations are not kept in this session, because the browser cannot open Linnet’s database. Restart the browser. If this stays, delete your conversations in Settings.',
  'notice-glossary':
    'The terms of your glossary are not kept in this session, because the browser cannot open its database. Restart the browser. If this stays, delete everything in Settings.',
  'notice-settings':
    'Your settings could not be read, so changes last for this session only. Restart the browser. If this stays, delete your settings in Settings.',
  'notice-upkeep':
    'Something at the start of Linnet failed: old conversations may still be there, and answers that were cut off may look unfinished. Restart the browser to try again.',
  'notice-models':
    'The models on this device cannot be listed. Restart the browser. If this stays, delete everything in Settings and import a model again.',
  'notice-imports':
    'Unfinished imports cannot be listed. Restart the browser, or start the import again on the page Models.',
  'notice-records': {
    one: '{n} damaged record of your conversations is left out. All others are there.',
    other: '{n} damaged records of your conversations are left out. All others are there.',
  },
  'notice-folders': {
    one: '{n} damaged folder of a model or an import is left out. All others are there.',
    other: '{n} damaged folders of models or imports are left out. All others are there.',
  },
  'delete-damaged': 'Delete what is damaged',
  'private-note':
    'Private window: nothing of this is stored. It is gone when you close the last private window.',
  'session-note': 'This conversation is not stored. It ends with the browser.',
  'never-keep': 'Keep nothing of {site} from now on',
  'keep-again': 'Keep conversations about {site} again',
  'keep-title': 'How long conversations are kept',
  'keep-hint':
    'Conversations and translations are stored on this device only. Those of private windows are never stored.',
  'keep-always': 'Until you delete them',
  'keep-always-hint': 'Nothing is deleted by itself.',
  'keep-month': 'For a month',
  'keep-month-hint': 'Deleted 30 days after the last change.',
  'keep-week': 'For a week',
  'keep-week-hint': 'Deleted 7 days after the last change.',
  'keep-day': 'For a day',
  'keep-day-hint': 'Deleted 24 hours after the last change.',
  'keep-session': 'Not at all',
  'keep-session-hint':
    'New conversations end with the browser. Stored ones stay until you delete them below.',
  'keep-older': {
    one: '{n} conversation or translation is older than that and is deleted at once.',
    other: '{n} conversations and translations are older than that and are deleted at once.',
  },
  'keep-shorten': 'Delete them and use this choice',
  'never-title': 'Sites that are never kept',
  'never-hint':
    'What you read or ask about on these sites ends with the browser. What was stored before stays until you delete it.',
  'never-label': 'Site',
  'never-add': 'Add',
  'never-invalid': 'This is not the name of a site. Enter one like example.org.',
  'never-remove': 'Remove {site}',
  'translations-title': 'Stored translations',
  'translations-hint': 'Translations of selected text, newest first. Translated pages are not stored.',
  'translations-none': 'No translation is stored.',
  'translations-count': { one: 'Show {n} translation', other: 'Show {n} translations' },
  'translation-delete': 'Delete this translation',
  'translations-delete': 'Delete all translations',
} as const;

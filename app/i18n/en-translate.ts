/** English texts of translations: the bubble, the control on a translated page, the glossary; see en.ts. */
const bubble = {
  'translate-from': 'From',
  everywhere: 'Offer to translate selections on every page',
  'everywhere-hint':
    'The browser will ask whether Linnet may read all pages. Linnet uses this only to show its bubble, to follow your rules and to read ahead on sites that you summarise often, and sends nothing anywhere. Without this permission, click the Linnet button once on each page.',
  'language-unknown': 'Language?',
  'language-ask':
    'Linnet is not sure which language this is. Choose it above if the translation looks wrong.',
  'language-same': 'This is in {language} already. Choose another language to translate into.',
  'language-wrong': 'If it is not, choose the right language above.',
  'language-unwritten': '{language} (not by this model)',
  'translate-anyway': 'Translate anyway',
  'swap-languages': 'Swap languages',
  'swapped-text': 'Translated back from:',
  pin: 'Keep open and translate every selection',
  unpin: 'Keep open: on',
  move: 'Move: arrow keys',
  speak: 'Read aloud',
  'speak-stop': 'Stop reading aloud',
  'replace-stuck': 'The text has changed since, so it cannot be replaced. Copy the translation instead.',
  'undo-stuck':
    'This cannot be undone here, because the text has changed since. The page’s own undo may still work.',
  'translate-page': 'Translate this page',
  'page-unselectable': 'The text of this page cannot be selected, but the page can be translated.',
  'translate-written': 'Translate what I wrote',
  'part-progress': 'Paragraph {part} of {total}',
  'terms-missed': {
    one: 'One term of your glossary was not followed:',
    other: '{n} terms of your glossary were not followed:',
  },
  'terms-missed-list': 'Not as in your glossary: {terms}',
} as const;

const control = {
  'page-translation': 'Translation of this page',
  'page-progress': '{done} of {total}',
  'page-progress-label': '{done} of {total} paragraphs translated',
  'page-working': 'Translating what you see…',
  'page-waiting': 'Scroll to translate more.',
  'page-done': 'Everything is translated.',
  'page-done-partly': 'Translated, but not all of it.',
  'page-asks-not': 'This page asks not to be translated.',
  'left-removed': 'Taken away by the page: {n}. Try the other view.',
  'left-changing': 'Texts that keep changing: {n}.',
  'left-frames': 'Frames of other sites, left out: {n}.',
  'left-protected': 'Parts that ask not to be translated: {n}.',
  'page-stopped': 'Stopped.',
  'page-nothing': 'There is nothing to translate here.',
  'page-continue': 'Continue',
  'page-restore': 'Show the original page',
  'view-both': 'Both',
  'view-translation': 'Translation',
  view: 'View',
  'whole-page': 'Whole page',
  'page-notes': { one: '{n} note on the translation', other: '{n} notes on the translation' },
  'page-covers': 'The page covers or changes this, so nothing was done.',
} as const;

const glossary = {
  'glossary-title': 'Glossary',
  'glossary-intro':
    'Your own translations of terms. Linnet gives them to the model where they occur, and checks the result.',
  'glossary-none': 'No terms yet.',
  'glossary-term': 'Term',
  'glossary-translation': 'Translation',
  'glossary-any': 'Any language',
  'glossary-add': 'Add',
  'glossary-edit': 'Edit “{term}”',
  'glossary-remove': 'Remove “{term}”',
  'glossary-save': 'Save',
  'glossary-import': 'Import CSV',
  'glossary-export': 'Export CSV',
  'glossary-imported': { one: '{n} term was imported.', other: '{n} terms were imported.' },
  'glossary-csv-hint': 'Columns: from, to, term, translation.',
  'glossary-csv-bad': 'Line {n} of the file was skipped: {line}',
  'glossary-removed': '“{term}” was removed.',
} as const;

/** The texts of this file. */
export const enTranslate = { ...bubble, ...control, ...glossary };

/** Texts of translations: the bubble, the control on a translated page, the glossary; in English; see en.ts. */
const bubble = {
  'translate-from': 'From',
  everywhere: 'Offer to translate selections on every page',
  'everywhere-hint':
    'The browser will ask you to let Linnet read all pages. Linnet uses it to offer its bubble, and sends nothing anywhere. Without it, call Linnet once on a page by its button.',
  'language-unknown': 'Language?',
  'language-ask':
    'Linnet is not sure which language this is. Choose it above if the translation looks wrong.',
  'language-same': 'This is in {language} already. Choose another language to translate into.',
  'language-wrong': 'If it is not, choose its own language above.',
  'swap-languages': 'Swap languages',
  'swapped-text': 'Translated back from:',
  pin: 'Keep open and translate every selection',
  unpin: 'Keep open: on',
  move: 'Move: arrow keys',
  speak: 'Read aloud',
  'speak-stop': 'Stop reading aloud',
  'replace-stuck': 'The text was changed since, so it cannot be replaced. Copy the translation instead.',
  'undo-stuck':
    'This cannot be taken back here: the text was changed since. The page’s own undo may still do it.',
  'translate-page': 'Translate this page',
  'translate-written': 'Translate what I wrote',
  'part-progress': 'Paragraph {part} of {total}',
  'terms-missed': {
    one: 'One term of your glossary was not followed:',
    other: '{n} terms of your glossary were not followed:',
  },
  'term-pair': '{term} → {translation}',
  'terms-missed-list': 'Not as in your glossary: {terms}',
} as const;

const control = {
  'page-translation': 'Translation of this page',
  'page-progress': '{done} of {total}',
  'page-progress-label': '{done} of {total} paragraphs translated',
  'page-working': 'Translating what you see…',
  'page-waiting': 'Scroll to translate more.',
  'page-done': 'All of it is translated.',
  'page-stopped': 'Stopped.',
  'page-nothing': 'There is nothing to translate here.',
  'page-continue': 'Continue',
  'page-restore': 'Show the original page',
  'view-both': 'Both',
  'view-translation': 'Translation',
  view: 'View',
  'whole-page': 'Whole page',
} as const;

const glossary = {
  'glossary-title': 'Glossary',
  'glossary-intro':
    'Your own translations of terms. They are given to the model where they occur, and checked afterwards.',
  'glossary-none': 'No terms yet.',
  'glossary-term': 'Term',
  'glossary-translation': 'Translation',
  'glossary-any': 'Any language',
  'glossary-add': 'Add',
  'glossary-edit': 'Change “{term}”',
  'glossary-remove': 'Remove “{term}”',
  'glossary-save': 'Save',
  'glossary-import': 'Import CSV',
  'glossary-export': 'Export CSV',
  'glossary-imported': { one: '{n} term was imported.', other: '{n} terms were imported.' },
  'glossary-csv-hint': 'Columns: from, to, term, translation.',
  'glossary-csv-bad': 'Line {n} of the file was left out: {line}',
  'glossary-removed': '“{term}” was removed.',
} as const;

export const enTranslate = { ...bubble, ...control, ...glossary };

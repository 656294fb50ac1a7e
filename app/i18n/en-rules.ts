/**
 * English texts of rules for translating, of words that are kept, and of writing in a page's language; see en.ts. The first
 * table is shown on web pages too.
 */
export const enRulesOnPage = {
  rules: 'Rules for such pages',
  'rule-always-language': 'Always translate pages in {language}',
  'rule-never-language': 'I read {language}: never translate it',
  'rule-always-site': 'Always translate {site}',
  'rule-never-site': 'Never on {site}',
  'rule-ran-language': 'Translated because you always translate {language}.',
  'rule-ran-site': 'Translated because you always translate {site}.',
  'rule-end': 'End this rule',
  'rule-ended': 'This rule has ended.',
  'rule-reach':
    'A rule for a language works on pages where Linnet may run. In Settings you can allow all pages.',
  'rule-access': 'The browser has not allowed Linnet to run on {site} by itself yet.',
  'word-keep': 'Keep in word list',
  'word-kept': 'In your word list',
  'word-class-noun': 'noun',
  'word-class-verb': 'verb',
  'word-class-adjective': 'adjective',
  'word-class-adverb': 'adverb',
  'word-class-pronoun': 'pronoun',
  'word-class-preposition': 'preposition',
  'word-class-conjunction': 'conjunction',
  'word-class-interjection': 'interjection',
  'word-class-article': 'article',
  'word-class-numeral': 'number word',
  'word-class-name': 'name',
  'write-in': 'Write in {language}',
  directions: 'Direction',
  'direction-page': 'For this page: {language}',
  'direction-own': 'For me: {language}',
} as const;

export const enRules = {
  'rules-title': 'Rules for translating pages',
  'rules-hint':
    'You set a rule with one press: in the bar of a translated page, or in Linnet’s window. “Always” translates a page as soon as it is open, where Linnet may run. “Never” offers nothing there.',
  'rules-none': 'No rules yet.',
  'rule-always': 'always translated',
  'rule-never': 'never translated',
  'rule-remove': 'Remove the rule for {name}',
  'rule-removed': 'The rule for {name} was removed.',
  'rule-allow': 'Allow this site',
  'reads-title': 'Languages you read',
  'reads-hint':
    'On pages in these languages Linnet offers nothing by itself. You can still translate them from Linnet’s window.',
  'reads-add': 'Add a language',
  'reads-remove': 'Remove {language}',
  'hover-title': 'Translate what you point at',
  'hover-hint':
    'Hold this key and rest the pointer on a paragraph: its translation appears beside it. It works on pages where Linnet may run. On a touch screen, press long on a word instead; the bubble offers its translation.',
  'hover-label': 'Key to hold',
  'hover-off': 'Off',
  'hover-alt': 'Alt (Option)',
  'hover-ctrl': 'Ctrl (Control)',
  'hover-shift': 'Shift',
  'words-title': 'Word list',
  'words-intro': 'Words that you kept while reading, with their sentences.',
  'words-none': 'No words yet. Select a word on a page, translate it, and press “Keep in word list”.',
  'words-search': 'Search words',
  'words-found-none': 'No word matches.',
  'words-remove': 'Remove “{word}”',
  'words-removed': '“{word}” was removed.',
  'words-export-csv': 'Export CSV',
  'words-export-anki': 'Export for Anki',
  'words-export-hint':
    'The file for Anki is a list separated by tabs: front, back, sentence, address. In Anki choose File, Import.',
  'words-page': 'Open the page',
  'notice-words':
    'The words of your list are not kept in this session, because the browser cannot open its database. Restart the browser. If this stays, delete everything in Settings.',
} as const;

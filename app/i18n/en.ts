/**
 * All texts of the user interface in English; the other languages have the same keys. `{name}` is a placeholder. Texts
 * that depend on a number are objects with the plural forms of the language (CLDR: one, other, …) and use `{n}`.
 */
import { enChat } from './en-chat.ts';
import { enKeeping } from './en-keeping.ts';
import { gettingModels } from './en-models.ts';
import { enOnPage } from './en-on-page.ts';
import { enRules } from './en-rules.ts';
import { server } from './en-server.ts';

/** A text, or its plural forms. */
export type Text = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

const popup = {
  'popup-title': 'Linnet',
  'summarise-again': 'Summarise again',
  'no-page': 'To summarise a page, open it and press {keys}, or click the bird in the toolbar.',
  'no-page-touch': 'To summarise a page, open it and choose Linnet from the browser’s extensions menu.',
  'summarise-type': 'Kind of summary',
  'type-key-points': 'Key points',
  'type-tldr': 'In brief',
  'type-teaser': 'Teaser',
  'type-headline': 'Headline',
  'summarise-length': 'Length',
  'length-short': 'Short',
  'length-medium': 'Medium',
  'length-long': 'Long',
  'summary-language': 'Summary language',
  'summary-language-page': 'Same as the page',
  'auto-start': 'Start right away when opened with {keys}',
  regenerate: 'Try again',
  retry: 'Try again',
  'new-chat': 'New chat',
  'new-chat-front': 'New chat about the current page',
  'ask-about-page': 'Ask about this page…',
  'ask-anything': 'Ask anything…',
  'ask-more': 'Ask a follow-up…',
  'about-page': 'About this page',
  'about-page-remove': 'Ask without this page',
  'about-page-add': 'Add this page',
  'about-other': 'About:',
  'about-other-remove': 'Ask without its page',
  'about-other-add': 'Add its page',
  'open-in-tab': 'Open in a tab',
  recent: 'Recent',
  'hint-select': 'Select text on the page to translate it right there.',
  'hint-chat': 'Ask a question below, about the page or anything else.',
  'hint-private': 'Everything runs on this device. Nothing is sent anywhere.',
  you: 'You',
  'summary-of': '{type} · {length}',
  'copy-markdown': 'Copy as Markdown',
  'ask-page': 'Ask about this page',
  'continue-part': 'Continue with part {n}',
  'continue-answer': 'Continue',
} as const;

const progress = {
  'status-queued': 'Waiting for its turn…',
  'status-done': 'Done',
  'status-stopped': 'Stopped',
  'status-interrupted': 'Interrupted: the browser or Linnet was closed before the answer was complete.',
  precise:
    'Half precision was too small for this model on this device. It was loaded again in full precision, and this answer was made anew.',
  unsaved: 'Not saved: the browser could not store it. Copy what you want to keep, or free up some space.',
  'reading-progress': '{done} of {total} tokens',
  tokens: { one: '{n} token', other: '{n} tokens' },
  'tokens-hint': 'A token is a short word or a piece of a longer one.',
  'page-cut': 'Only the first {count} characters of this page were read.',
  coverage:
    'Only the first {percent} of the page was read; the rest is more than this model can read at once.',
  'coverage-sooner': 'Answered from passages, {percent} of the page, so that you do not have to wait.',
  'read-all': 'Read the whole page',
  'coverage-question': {
    one: 'Only the beginning of this long page was read ({percent}); it matches your question best.',
    other:
      'Only {n} passages of this long page were read ({percent}): the beginning and those that match your question best.',
  },
  'coverage-spread': {
    one: 'Only the beginning of this long page was read ({percent}); no other passage contains a word of your question.',
    other:
      'Only {n} passages of this long page were read ({percent}): the beginning and a sample of the rest, because no passage contains a word of your question.',
  },
  forgotten: {
    one: 'The oldest question and answer no longer fit and were left out.',
    other: 'The {n} oldest questions and answers no longer fit and were left out.',
  },
  'cut-room': 'The answer stops here because the model’s memory is full.',
  'only-thought':
    'The model reached its thinking limit without writing an answer. Rephrase your question, or choose another model.',
  'part-of': 'Part {n} of {total}',
  'notes-part-of': 'Key points of all parts, {n} of {total}',
  'whole-of-parts': 'Combining {n} parts',
  preliminary: 'A first summary, from {percent} of the page. Linnet is still reading the rest.',
  'preliminary-joining': 'A first summary, from all parts of the page. Linnet is putting them together.',
  'preliminary-kept':
    'From {percent} of the page. The page is longer than this model can read at once, and the rest was not read.',
  'preliminary-all': 'From all parts of the page, which were not put together into one summary.',
  'preliminary-there': 'A first summary of part of the page is there. Linnet reads on.',
  'parts-left':
    'The page is longer than this model can read at once, so it is read in parts. The first one was not read to its end.',
  'parts-read': { one: 'Key points of the one part', other: 'Key points of the {n} parts' },
  'part-empty': 'The model found no key points here.',
  'part-cut': 'These notes reached the length limit, so something may be missing.',
  'parts-cut':
    'The notes on one part reached the length limit, so something may be missing from the summary.',
  'passage-show': 'Show on the page',
  'passage-none': 'No passage found',
  'passage-none-hint':
    'If no passage was found, no sentence on the page says this in similar words. Check it before you rely on it.',
  'passage-seek': 'Find it on the page',
  'passage-seeking': 'Searching…',
  'passage-seek-hint':
    'The page is in another language. Choose a point, and Linnet will search for the sentence that says it.',
  'passage-gone': 'The page has changed: it no longer says this.',
  'passage-elsewhere': 'This tab shows another page now. Open the page again to see the passage.',
  'quotes-meanwhile': 'Sentences from the page itself, until the model has written:',
  'quotes-again': 'Sentences from the page itself',
  'quotes-only': 'The page’s own sentences; no model was used.',
  'quotes-not-asked':
    'The page’s own sentences: {name} was not asked, because it does not summarise reliably.',
  'quotes-answer':
    'Passages of the page that match your question: {name} was not asked, because it does not answer reliably.',
  'quotes-no-answer':
    'No passage of the page matches your question. {name} was not asked, because it does not answer reliably.',
  'quotes-practice': 'What the demo model writes:',
  'quotes-with-model': 'Summarise with a model',
  'rule-points-cut': 'The model listed more points than asked for; the first ones are shown.',
  'rule-sentences-cut': 'The model wrote more than asked for; the first part is shown.',
  'rule-words-cut': 'The model wrote a longer headline than asked for; it was shortened.',
  'rule-words-over': 'The model wrote a longer headline than asked for.',
  'claims-checked': 'Numbers and names were checked against the page.',
  'claims-left-out': {
    one: 'Numbers and names were checked against the page; one sentence was left out.',
    other: 'Numbers and names were checked against the page; {n} sentences were left out.',
  },
  'claims-doubtful': 'Not on the page: {claims}. Check this answer before you rely on it.',
  'claims-quoted':
    'The model wrote numbers or names that are not on the page. These are the page’s own words.',
} as const;

const model = {
  'model-none': 'No model yet',
  'model-none-hint':
    'To answer in its own words, Linnet needs a language model on this device. You only import it once.',
  'model-choose': 'Choose a model',
  'model-importing': 'Importing {name}',
  'model-loading': 'Loading {name}',
  'model-failed': 'Model unavailable',
  'model-demo': 'demo model',
  'model-demo-hint':
    'The demo model is tiny: it knows only short made-up stories. For real pages, import a real model.',
  'model-demo-name': 'Demo model',
  'model-search': 'finds passages',
  'model-search-hint':
    'It finds passages by their meaning, also where they use other words than the question, and writes no text. Linnet uses it beside the model that answers.',
  'phase-reading': 'Reading',
  'phase-converting': 'Converting',
  'phase-finishing': 'Finishing',
  'phase-uploading': 'Copying to the graphics adapter',
  'phase-compiling': 'Preparing programs',
} as const;

const modelsPage = {
  'models-title': 'Models',
  'models-intro': 'Models are stored and run on this device.',
  'stored-title': 'On this device',
  'stored-none': 'No models yet. Import one below.',
  'model-facts': '{size} · {weights} · reads up to {context} tokens',
  'model-imported': 'Imported {date}',
  'in-use': 'In use',
  loaded: 'Loaded',
  use: 'Use',
  'delete-confirm': 'Delete {name}?',
  'delete-confirm-hint': 'This frees {size}. To use the model again, you have to import it again.',
  cancel: 'Cancel',
  keep: 'Keep',
  dismiss: 'Dismiss',
  'no-template': 'No chat template: this model continues text and rarely answers questions.',
  'import-drop': 'Drop a folder or its files here',
  'import-drop-now': 'Drop to import',
  'import-folder': 'Choose a folder',
  'import-address-hint':
    'For example HuggingFaceTB/SmolLM2-135M-Instruct, or the address of a folder on your own computer.',
  'import-progress': '{done} of {total}',
  'import-rate': '{rate}/s',
  'import-left': '{time} left',
  'import-failed': 'Import failed: {name}',
  'language-title': 'Translations',
  'language-label': 'Translate into',
  'diagnostics-title': 'Diagnostics',
  'diagnostics-hint':
    'Information about this browser and its graphics adapter, for bug reports. It contains none of your text.',
  'diagnostics-copy': 'Copy diagnostics',
  'adapter-f16': 'Half precision (f16)',
  'adapter-forms': 'Self-tests of faster kernels',
  yes: 'yes',
  adapter: 'Graphics adapter',
  browser: 'Browser',
  cores: 'Processor cores',
  memory: 'Memory',
  expected: 'Expected',
  got: 'Got',
  where: 'Where',
} as const;

/** All English texts. */
export const en = {
  ...enOnPage,
  ...popup,
  ...progress,
  ...model,
  ...modelsPage,
  ...gettingModels,
  ...server,
  ...enChat,
  ...enKeeping,
  ...enRules,
};

/** Key of a text. */
export type TextKey = keyof typeof en;

/** All texts of a language; a missing key does not compile. */
export type Texts = {
  readonly [K in TextKey]: (typeof en)[K] extends string ? string : Exclude<Text, string>;
};

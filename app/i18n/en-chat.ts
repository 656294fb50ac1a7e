/** Texts of conversations, of the field for questions and of the Settings page, in English; see en.ts. */
import { type ErrorCode, NEXT_STEP } from '../../engine/index.ts';

/** What to do about an error; the engine's own sentences. */
const nextSteps = Object.fromEntries(
  Object.entries(NEXT_STEP).map(([code, step]) => [`next-${code}`, step]),
) as Readonly<Record<`next-${ErrorCode}`, string>>;

const conversations = {
  conversations: 'Conversations',
  'conversations-none': 'No conversations yet. What you ask is kept here, on this device.',
  'not-kept': 'Conversations are not kept in this window: the browser gives Linnet no storage here.',
  'conversations-not-found': 'Nothing was found for “{find}”.',
  'conversations-found': { one: '{n} conversation', other: '{n} conversations' },
  'conversations-more': 'Show more',
  search: 'Search conversations',
  'untitled-conversation': 'Untitled conversation',
  rename: 'Rename',
  'rename-label': 'Title of the conversation',
  save: 'Save',
  'save-markdown': 'Save as Markdown',
  'save-json': 'Save as JSON',
  'more-actions': 'More',
  'more-actions-for': 'More for “{title}”',
  'deleted-conversation': '“{title}” was deleted.',
  'side-panel': 'Open in the side panel',
  settings: 'Settings',
  'edit-question': 'Edit this question',
  'edit-question-label': 'Question',
  'edit-send': 'Ask again',
  'edit-hint': 'The answer so far stays: it can be shown again.',
  version: '{n} of {of}',
  'version-earlier': 'Earlier version',
  'version-later': 'Later version',
  'left-out': 'No longer read by the model',
  'copy-code': 'Copy code',
  'context-meter': 'Room in the model’s memory',
  'context-used': '{percent} full',
  'context-detail': '{used} of {capacity} tokens',
  'context-nearly-full': 'Almost full: soon the oldest questions and answers are left out.',
  'context-full':
    'The oldest questions and answers no longer fit and are left out. A new chat begins afresh.',
  'without-page': 'Asked without the page',
  'export-asked': 'You asked',
  'export-answered': 'Linnet answered',
  'export-page': 'About',
} as const;

const prompts = {
  'prompts-title': 'Saved questions',
  'prompts-hint': 'Type / in the field for questions to choose one.',
  'prompts-menu': 'Saved questions',
  'prompt-summarise': 'summarise',
  'prompt-summarise-hint': 'Summarise this page',
  'prompt-explain': 'explain',
  'prompt-explain-text': 'Explain this in simple words.',
  'prompt-facts': 'facts',
  'prompt-facts-text': 'List the names, dates and numbers in this, with what they stand for.',
  'prompt-questions': 'questions',
  'prompt-questions-text': 'Which questions does this leave open?',
  'prompt-name': 'Name',
  'prompt-name-hint': 'One word; it is typed after the slash.',
  'prompt-text': 'Question',
  'prompt-add': 'Add a question',
  'prompt-edit': 'Edit /{name}',
  'prompt-delete': 'Delete /{name}',
  'prompt-taken': 'There is a /{name} already.',
  'prompt-deleted': '/{name} was deleted.',
} as const;

const settings = {
  'settings-title': 'Settings',
  'settings-intro': 'They stay on this device, like everything else.',
  'ui-language-title': 'Language',
  'ui-language-label': 'Language of Linnet',
  'ui-language-browser': 'As the browser: {language}',
  'pace-title': 'Speed',
  'pace-hint': 'While Linnet computes, the graphics adapter has less time for everything else that is drawn.',
  'pace-polite': 'Polite',
  'pace-polite-hint': 'Pages scroll and play smoothly; answers take longer.',
  'pace-balanced': 'Balanced',
  'pace-balanced-hint': 'Good for most devices.',
  'pace-full': 'Full',
  'pace-full-hint': 'Answers as fast as the device can; pages may stutter meanwhile.',
  'cache-title': 'Memory for long texts',
  'cache-hint': 'A loaded model keeps room on the graphics adapter for all that it can read at once.',
  'cache-plain': 'Full precision',
  'cache-plain-hint': 'Answers are as good as the model.',
  'cache-q8': '8 bits',
  'cache-q8-hint':
    'About half of that memory; now and then a word of an answer differs. The model is loaded anew for the next answer.',
  'summary-defaults-title': 'Summaries',
  'summary-defaults-hint': 'How a summary begins; it can be changed each time.',
  'data-title': 'Your data',
  'data-hint': 'Conversations, settings and models lie in this browser’s storage and nowhere else.',
  'erase-work': 'Delete conversations and settings',
  'erase-work-confirm':
    'Delete every conversation and every setting? Models and the glossary stay. This cannot be undone.',
  'erase-all': 'Delete everything',
  'erase-all-confirm':
    'Delete every conversation, every setting, the glossary and every model? This cannot be undone; models must be imported again.',
  'erase-working': 'Deleting… Work on the graphics adapter ends first.',
  'erase-done': 'Deleted.',
  'about-title': 'About',
  'about-version': 'Linnet {version}',
  'about-private':
    'No text of yours leaves this device. Linnet has no accounts, no servers and no statistics.',
  'manage-models': 'Manage models',
  'engine-tab': 'The engine of Linnet works in this tab. Leave it open while you use Linnet.',
  'engine-tab-hint': 'It is pinned here because this browser has no other place for it.',
  'engine-elsewhere': 'The engine of Linnet works in another tab already. You may close this one.',
} as const;

export const enChat = { ...nextSteps, ...conversations, ...prompts, ...settings };

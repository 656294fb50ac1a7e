/** English texts of conversations, the question field and the Settings page; see en.ts. */
import { type ErrorCode, NEXT_STEP } from '../../engine/index.ts';

/** What to do about an error: the engine's sentences. */
const nextSteps = Object.fromEntries(
  Object.entries(NEXT_STEP).map(([code, step]) => [`next-${code}`, step]),
) as Readonly<Record<`next-${ErrorCode}`, string>>;

const conversations = {
  conversations: 'Conversations',
  'conversations-none': 'No conversations yet. Your questions and answers are kept here, on this device.',
  'not-kept':
    'Conversations are not saved in this window, because the browser does not let Linnet store anything here.',
  'conversations-not-found': 'No results for “{find}”.',
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
  'edit-hint': 'The current answer is kept; you can switch back to it.',
  version: '{n} of {of}',
  'version-earlier': 'Earlier version',
  'version-later': 'Later version',
  'left-out': 'No longer read by the model',
  'copy-code': 'Copy code',
  'context-meter': 'Model memory',
  'context-used': '{percent} full',
  'context-detail': '{used} of {capacity} tokens',
  'context-nearly-full': 'Almost full: the oldest questions and answers will soon be left out.',
  'context-full':
    'The oldest questions and answers no longer fit and are left out. To start fresh, open a new chat.',
  'without-page': 'Asked without the page',
  'export-asked': 'You asked',
  'export-answered': 'Linnet answered',
  'export-page': 'About',
} as const;

const prompts = {
  'prompts-title': 'Saved questions',
  'prompts-hint': 'Type / in the question field to choose one.',
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
  'prompt-taken': '/{name} already exists.',
  'prompt-deleted': '/{name} was deleted.',
} as const;

const settings = {
  'settings-title': 'Settings',
  'settings-intro': 'Your settings stay on this device, like everything else.',
  'ui-language-title': 'Language',
  'ui-language-label': 'Language of Linnet',
  'ui-language-browser': 'Same as the browser: {language}',
  'pace-title': 'Speed',
  'pace-hint': 'While Linnet is working, the graphics adapter has less time to draw everything else.',
  'pace-polite': 'Polite',
  'pace-polite-hint': 'Pages scroll and play smoothly; answers take longer.',
  'pace-balanced': 'Balanced',
  'pace-balanced-hint': 'Good for most devices.',
  'pace-full': 'Full',
  'pace-full-hint': 'Answers are as fast as this device allows; pages may stutter.',
  'cache-title': 'Memory for long texts',
  'cache-hint': 'A loaded model reserves graphics memory for everything it can read at once.',
  'cache-plain': 'Full precision',
  'cache-plain-hint': 'Answers are as good as the model allows.',
  'cache-q8': '8 bits',
  'cache-q8-hint':
    'Uses about half of that memory; an occasional word of an answer may differ. The model is reloaded for the next answer.',
  'summary-defaults-title': 'Summaries',
  'summary-defaults-hint': 'The defaults for new summaries; you can change them each time.',
  'data-title': 'Your data',
  'data-hint': 'Conversations, settings and models are stored in this browser and nowhere else.',
  'erase-work': 'Delete conversations and settings',
  'erase-work-confirm':
    'Delete every conversation and every setting? Models and the glossary stay. This cannot be undone.',
  'erase-all': 'Delete everything',
  'erase-all-confirm':
    'Delete every conversation, every setting, the glossary and every model? This cannot be undone; models must be imported again.',
  'erase-working': 'Deleting… Waiting for work on the graphics adapter to end.',
  'erase-done': 'Deleted.',
  'about-title': 'About',
  'about-version': 'Linnet {version}',
  'about-private': 'Your text never leaves this device. Linnet has no accounts, no servers and no analytics.',
  'manage-models': 'Manage models',
  'engine-title': 'Engine',
  'engine-tab': 'Linnet’s engine runs in this tab. Keep it open while you use Linnet.',
  'engine-tab-hint': 'The tab is pinned because this browser has no other place to run the engine.',
  'engine-elsewhere': 'Linnet’s engine is already running in another tab. You can close this one.',
} as const;

/** The texts of this file. */
export const enChat = { ...nextSteps, ...conversations, ...prompts, ...settings };

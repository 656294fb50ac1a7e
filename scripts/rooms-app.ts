/**
 * The rooms of the extension and what each may import, as data; `rooms.ts` has the engine and the tools.
 * Data flows from the top of the floors (rooms-floors.ts) to the bottom: views, worker, page, text, protocol.
 */
import type { Room } from './house/room.ts';

const door = 'engine/index.ts';
/** Plain data and pure text: every room of the app may use them. */
const shared = ['app/protocol', 'app/text', 'app/text/claims', 'app/text/sites'];
/** What views of Linnet's own pages share. */
const views = [
  'app/i18n',
  'app/protocol',
  'app/text',
  'app/text/sites',
  'app/ui/kit',
  'app/ui/styles',
  'app/ui/state',
];
export const appRooms: readonly Room[] = [
  // The extension: plain data and text, then the processes (page, worker, views), each built on the ones above.
  {
    path: 'app/protocol',
    imports: [door],
    instead: 'The protocol is plain data; what sends or answers it is for other rooms.',
  },
  {
    path: 'app/protocol/edge',
    imports: [door, 'app/protocol'],
    instead:
      'The edge checks what comes from outside and does nothing with it; acting on it is for app/worker.',
  },
  {
    path: 'app/text',
    imports: ['app/protocol'],
    instead: 'Text functions are pure and run in every process; take the DOM or a model as a parameter.',
  },
  {
    path: 'app/text/claims',
    imports: ['app/text'],
    instead: 'Numbers and names are found in text alone; what an answer loses for them is for app/worker.',
  },
  {
    path: 'app/text/sites',
    imports: ['app/protocol', 'app/text'],
    instead: 'An address is taken apart here; what is kept of a site is for app/worker.',
  },
  {
    path: 'app/i18n',
    imports: [door, 'app/i18n', 'app/protocol'],
    instead: 'Texts know no views; they take values as parameters.',
  },
  {
    path: 'app/browser',
    imports: [door, ...shared],
    instead: 'This room wraps browser.* and knows no views and no worker; hand callbacks in.',
  },
  {
    path: 'app/browser/windows',
    imports: [],
    instead: 'What the browser says of its windows; what follows from it is handed in.',
  },
  {
    path: 'app/catalogue',
    imports: [door, 'app/protocol'],
    instead: 'The catalogue is data and a pure check of it.',
  },
  {
    path: 'app/page/dom',
    imports: ['app/text'],
    instead:
      'This room reads and changes DOM trees; what a page means is for app/page/read and app/page/translate.',
  },
  {
    path: 'app/page/picture',
    imports: ['app/text', 'app/page/dom'],
    instead: 'A picture says what is seen; which part of it is the text is for app/page/read.',
  },
  {
    path: 'app/page/read',
    imports: [door, ...shared, 'app/page/dom', 'app/page/picture'],
    instead: 'Reading a page needs no view and no worker; hand callbacks in.',
  },
  {
    path: 'app/page/translate',
    imports: [...shared, 'app/page/dom', 'app/page/read'],
    instead: 'Translating a page needs no view; requests to the worker are handed in.',
  },
  {
    path: 'app/worker',
    imports: [
      door,
      ...shared,
      'app/protocol/edge',
      'app/worker/abilities',
      'app/worker/ahead',
      'app/worker/answerer',
      'app/worker/guides',
      'app/worker/handlers',
      'app/worker/jobs',
      'app/worker/keeping',
      'app/worker/meaning',
      'app/worker/models',
      'app/worker/prompts',
      'app/worker/reading',
      'app/worker/server',
      'app/worker/start',
      'app/worker/store',
      'app/worker/summary',
      'app/worker/translation',
    ],
    instead:
      'The worker runs without a document; its engine, store and channels are handed in by the entrypoint.',
  },
  {
    path: 'app/worker/ahead',
    imports: [
      door,
      ...shared,
      'app/worker',
      'app/worker/abilities',
      'app/worker/answerer',
      'app/worker/jobs',
      'app/worker/keeping',
      'app/worker/meaning',
      'app/worker/models',
      'app/worker/prompts',
      'app/worker/reading',
      'app/worker/server',
      'app/worker/store',
      'app/worker/summary',
      'app/worker/translation',
    ],
    instead: 'A page is read ahead by the prompts of a task; when jobs run is for app/worker.',
  },
  {
    path: 'app/worker/abilities',
    imports: [door, ...shared, 'app/worker/prompts', 'app/worker/answerer'],
    instead:
      'A trial takes a model and its profile; which model is tried, and what pages do, is for the rooms above.',
  },
  {
    path: 'app/worker/summary',
    imports: [door, ...shared, 'app/worker/guides', 'app/worker/prompts', 'app/worker/answerer'],
    instead: 'A summary takes a model and a page; running it as a job is for app/worker.',
  },
  {
    path: 'app/worker/guides',
    imports: [door, ...shared, 'app/worker/prompts', 'app/worker/answerer'],
    instead: 'A guide sees an answer so far and its form; asking the model is for the rooms above.',
  },
  {
    path: 'app/worker/translation',
    imports: [
      door,
      ...shared,
      'app/worker/guides',
      'app/worker/jobs',
      'app/worker/prompts',
      'app/worker/answerer',
    ],
    instead: 'A translation takes a model and a text; running it as a job is for app/worker.',
  },
  {
    path: 'app/worker/meaning',
    imports: [door, ...shared, 'app/worker/models'],
    instead: 'How near passages are in meaning is said here; what is done with them is for the rooms above.',
  },
  {
    path: 'app/worker/reading',
    imports: [door, ...shared, 'app/worker/answerer'],
    instead: 'What was read is saved and restored here; what a prompt says is for the rooms above.',
  },
  {
    path: 'app/worker/jobs',
    imports: [door, 'app/protocol'],
    instead: 'A queue and a running job know nothing of what the job does.',
  },
  {
    path: 'app/worker/handlers',
    imports: [
      door,
      ...shared,
      'app/worker',
      'app/worker/abilities',
      'app/worker/keeping',
      'app/worker/models',
      'app/worker/prompts',
      'app/worker/store',
      'app/worker/server',
    ],
    instead: 'A handler takes the services that it needs from app/worker; what they do is for them.',
  },
  {
    path: 'app/worker/keeping',
    imports: [door, ...shared, 'app/worker/start'],
    instead: 'What is kept and for how long is decided here; where it is kept is for app/worker/store.',
  },
  {
    path: 'app/worker/start',
    imports: [door, ...shared, 'app/worker/store'],
    instead: 'A part of the start is a function with a name; what it does is for app/worker.',
  },
  {
    path: 'app/worker/models',
    imports: [door, ...shared, 'app/worker/answerer'],
    instead: 'Models are imported, loaded and measured here; jobs use them from app/worker.',
  },
  {
    path: 'app/worker/answerer',
    imports: [door],
    instead: 'What jobs ask of a model is said here; models of this device and of servers are other rooms.',
  },
  {
    path: 'app/worker/server',
    imports: [door, ...shared, 'app/worker/answerer', 'app/worker/models'],
    instead: 'A person’s own server answers as a model does; what it is asked is for app/worker.',
  },
  {
    path: 'app/worker/prompts',
    imports: [door, ...shared, 'app/worker/answerer'],
    instead: 'A prompt is text for a model; asking the model is for the rooms above.',
  },
  {
    path: 'app/worker/store',
    imports: [door, ...shared, 'app/protocol/edge'],
    instead: 'The store keeps plain data; what it means is for app/worker.',
  },
  {
    path: 'app/ui/styles',
    imports: [],
    instead: 'Style sheets import nothing.',
  },
  {
    path: 'app/ui/kit',
    imports: [door, 'app/protocol', 'app/text', 'app/i18n', 'app/browser', 'app/ui/styles'],
    instead: 'A piece of the kit knows texts only; data and actions are its properties.',
  },
  {
    path: 'app/ui/state',
    imports: [door, ...shared, 'app/i18n'],
    instead: 'State is computed without views.',
  },
  {
    path: 'app/ui/files',
    imports: ['app/protocol'],
    instead: 'Files are picked and saved here; what is in them is for the engine.',
  },
  {
    path: 'app/ui/conversation',
    imports: [...views, 'app/ui/conversation/markdown'],
    instead: 'A conversation shows jobs; starting them is handed in as a property.',
  },
  {
    path: 'app/ui/conversation/markdown',
    imports: [...views],
    instead: 'Markdown is shown from its text alone; what an answer is about is for app/ui/conversation.',
  },
  {
    path: 'app/ui/composer',
    imports: [...views, 'app/ui/files'],
    instead: 'The composer hands the question to its owner.',
  },
  {
    path: 'app/ui/models',
    imports: [
      door,
      ...views,
      'app/catalogue',
      'app/ui/conversation',
      'app/ui/conversation/markdown',
      'app/ui/files',
    ],
    instead: 'The Models page uses requests to the worker and views of its own.',
  },
  {
    path: 'app/ui/glossary',
    imports: [...views, 'app/ui/files'],
    instead: 'The glossary page uses requests to the worker and views of its own.',
  },
  {
    path: 'app/ui/words',
    imports: [...views, 'app/ui/files'],
    instead: 'The word list uses requests to the worker and views of its own.',
  },
  {
    path: 'app/ui/settings',
    imports: [door, ...views, 'app/browser', 'app/ui/conversation', 'app/ui/settings/prompts'],
    instead: 'The Settings page uses requests to the worker and views of its own.',
  },
  {
    path: 'app/ui/settings/prompts',
    imports: [...views],
    instead: 'Prompts are shown and edited here; storing them is handed in as a property.',
  },
  {
    path: 'app/ui/assistant',
    imports: [
      door,
      ...views,
      'app/browser',
      'app/ui/composer',
      'app/ui/conversation',
      'app/ui/conversation/markdown',
      'app/ui/files',
      'app/ui/models',
    ],
    instead:
      'The assistant joins the views of the popup, the panel and the tab; shared pieces belong to app/ui/kit.',
  },
  {
    path: 'app/ui/on-page',
    imports: [
      door,
      ...views,
      'app/text/claims',
      'app/browser',
      'app/page/dom',
      'app/page/read',
      'app/page/translate',
    ],
    instead: 'What is drawn on web pages loads with every page: import nothing of Linnet’s own pages.',
  },
  {
    path: 'app/testing',
    imports: [
      door,
      ...shared,
      'app/catalogue',
      'app/i18n',
      'app/worker',
      'app/worker/handlers',
      'app/worker/models',
      'app/worker/store',
      // For controllers that are set up with a recording client.
      'app/ui/models',
      'app/ui/settings',
      'app/worker/server',
    ],
    instead: 'Stand-ins for tests; shipped code must not import them.',
  },
  {
    path: 'entrypoints',
    imports: [
      door,
      ...shared,
      'assets',
      'app/browser',
      'app/browser/windows',
      'app/catalogue',
      'app/i18n',
      'app/page/dom',
      'app/page/read',
      'app/worker',
      'app/worker/models',
      'app/worker/start',
      'app/worker/store',
      'app/ui/kit',
      'app/ui/styles',
      'app/ui/conversation',
      'app/ui/conversation/markdown',
      'app/ui/composer',
      'app/ui/models',
      'app/ui/glossary',
      'app/ui/words',
      'app/ui/settings',
      'app/ui/assistant',
      'app/ui/on-page',
      'app/worker/server',
    ],
    instead: 'Entrypoints are thin: join rooms of app, and use of the engine only engine/index.ts.',
  },
  {
    path: 'e2e/cases',
    imports: [
      'e2e/harness',
      'scripts/setup',
      'scripts/testing',
      'app/ui/on-page',
      'app/page/translate',
      'app/protocol',
      'app/testing',
    ],
    instead: 'A page of a case is translated with the control of the translation bar and without a model.',
  },
];

/** The doors through which the code reaches the outside world, and who may use each; part of `rooms.ts`. */

export interface Door {
  readonly name: string;
  /** What to look for in code; comments and strings are blanked before. */
  readonly pattern: RegExp;
  /** Search strings instead, for names in imports. */
  readonly inImports?: boolean;
  /** Rooms or files that may; a trailing `*` matches the rest of a name. */
  readonly allowed: readonly string[];
  readonly why: string;
  readonly instead: string;
}

const tools = ['cli', 'bench', 'scripts', 'e2e', 'demo-model', 'examples'];

export const doors: readonly Door[] = [
  {
    name: 'WebGPU',
    pattern: /\bnavigator\s*\.\s*gpu\b|\bGPU(?:[A-Z]\w*)?\b/g,
    // cli/dawn.ts creates the object, the test helper passes it on.
    // The counter of bench/peers wraps the API itself, since other engines do not go through ours; that of bench/steps,
    // since ours counts objects and bytes, not calls.
    allowed: ['engine/gpu', 'cli/dawn.ts', 'scripts/testing', 'e2e', 'bench/peers/page', 'bench/steps'],
    why: 'only engine/gpu uses GPU*, so that one room creates, counts and loses devices',
    instead: 'use what engine/gpu exports, or add it there',
  },
  {
    name: 'network',
    pattern:
      /(?<![.\w#])fetch\s*\(|\b(?:globalThis|self|window)\s*\.\s*fetch\b|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b/g,
    // app/worker/server/network-guard.ts hands the worker's own `fetch` to the connection to a person's server.
    allowed: ['engine/weights/sources/http-source.ts', ...tools],
    why: 'every byte of a model comes through one file, so that privacy can be read in one place',
    instead: 'use the byte source of engine/weights/sources/http-source.ts',
  },
  {
    name: 'OPFS',
    pattern: /\bstorage\s*\??\.\s*getDirectory\b|\bcreateSyncAccessHandle\b/g,
    allowed: ['engine/weights/store/storage-opfs.ts', 'e2e'],
    why: 'one file knows how models are laid out on the disk',
    instead: 'use the Storage of engine/weights/store/storage.ts',
  },
  {
    name: 'browser API',
    pattern: /(?<![.\w])(?:browser|chrome)\s*\??\.\s*[a-z]\w*/g,
    allowed: ['entrypoints', 'app/browser', ...tools],
    why: 'only entrypoints and app/browser know that they are part of an extension; the rest runs anywhere',
    instead: 'take what you need as a parameter, and pass it in from an entrypoint',
  },
  {
    name: 'document',
    // `window` is also a word of attention and of rate limits, so only what a browser's window has counts.
    pattern:
      /(?<![.\w])(?:document\s*\??\.\s*\w+|window\s*\??\.\s*(?:document|location|(?:add|remove)EventListener|open|close|inner\w+|getSelection|matchMedia|scroll\w*|request\w+|postMessage|parent|top|history|\w+Storage|getComputedStyle|visualViewport)\b)/g,
    allowed: ['entrypoints', 'app/ui', 'app/page', 'app/testing', 'e2e', 'scripts', 'assets'],
    why: 'the engine and the jobs run in workers and in Node, where there is no document',
    instead: 'take a Document as a parameter, or move the code to app/ui or app/page',
  },
  {
    name: 'console',
    pattern: /(?<![.\w])console\s*\??[.[]/g,
    allowed: ['engine/base/log.ts', ...tools],
    why: 'one file decides what is printed, so that no prompt, answer or page is ever printed',
    instead: 'use log() of engine/base/log.ts, with facts and no text of the user',
  },
  {
    name: 'Node',
    pattern: /^(?:node:|webgpu$|playwright)/,
    inImports: true,
    allowed: [...tools, 'engine/testing', 'vitest.config.ts', 'wxt.config.ts', 'playwright.config.ts'],
    why: 'the engine and the app run in a browser',
    instead: 'take the files or bytes as a parameter, and read them in cli/',
  },
];

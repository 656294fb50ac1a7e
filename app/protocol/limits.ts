/** Sizes that messages and settings are measured by. */
export const MIB = 1024 * 1024;

/**
 * The most that a message may carry. What reads pages and fields stays below these; the worker refuses more. Characters,
 * unless said otherwise.
 */
export const LIMITS = {
  /** Ids of jobs, conversations, imports and models. */
  id: 300,
  /** A language tag (BCP 47). */
  language: 100,
  /** The longest address that Chromium loads. */
  url: 2_097_152,
  title: 1000,
  /** The text of a page; reading a page ends earlier. */
  page: 32_000_000,
  /** Headings of a page. */
  headings: 200_000,
  /** A question, a selection, a text to translate: more than any model reads at once. */
  text: 1_000_000,
  /** All texts attached to one question, together. */
  attached: 8_000_000,
  /** How many texts may be attached to one question. */
  attachments: 8,
  /** A term of the glossary, and its translation. */
  term: 1000,
  /** Entries of a glossary that are written in one request. */
  terms: 100_000,
  /** A word of the word list, its translation, its sense. */
  word: 1000,
  /** The sentence of a word. */
  sentence: 4000,
  /** Words of the word list that are written in one request. */
  words: 100_000,
  /** Words to search for. */
  search: 1000,
  /** Conversations in one list. */
  list: 100_000,
  /** The address of a model, and its revision. */
  address: 4096,
  /** A name that a person gives. */
  name: 300,
  /** Tokens of a server's context: fewer hold no page, more has no model. */
  leastContext: 512,
  context: 100_000_000,
  /** A person's own request to a model. */
  prompt: 100_000,
  /** Saved prompts. */
  prompts: 1000,
  /** Entries of a record of settings, by model or by task profile. */
  records: 10_000,
  /** Sites that a person named. */
  sites: 1000,
  /** Summaries that are remembered by their site. */
  summarised: 200,
  /** Topics that one connection watches. */
  topics: 100,
  /** MiB on the disk for what models have read: 64 GiB. */
  prefixMiB: 65_536,
  /** Minutes, a week; timers of browsers end at 24 days. */
  idleMinutes: 10_080,
  /** Jobs of one document of a web page that may be under way. */
  pageJobs: 16,
} as const;

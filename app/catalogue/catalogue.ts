/**
 * Parses and checks `assets/catalogue.json`, the list of recommended models. The file is edited by hand, so every field is
 * checked, and an error names the entry and the field.
 *
 * Not here: whether a model fits this device (`fit.ts`), how it looks (`app/ui/models/install`).
 */
import { fail } from '../../engine/index.ts';

export const CATALOGUE_FORMAT = 'linnet-catalogue/2';

/** What a model may be good at; i18n has a text for each. */
export const TASKS = [
  'headlines',
  'short-texts',
  'summaries',
  'translation',
  'chat',
  'long-pages',
  'reasoning',
  'passages',
] as const;
export type CatalogueTask = (typeof TASKS)[number];

/** What a model is best at, in the order of the list; i18n has a heading and a sentence for each. */
export const STRENGTHS = ['phone', 'everyday', 'long-pages', 'translation', 'reasoning', 'passages'] as const;
export type CatalogueStrength = (typeof STRENGTHS)[number];

/** What a licence allows: all use; use under the maker's rules; use up to a yearly revenue. i18n has a sentence for each. */
export const LICENCE_TERMS = ['free', 'rules', 'revenue'] as const;
export type LicenceTerms = (typeof LICENCE_TERMS)[number];

export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  /** `org/name` on the hub. */
  readonly repository: string;
  readonly revision: string;
  /** Files to fetch, relative to the repository; absent where their names are not known. */
  readonly files?: readonly string[];
  /** `model_type` of its config.json. */
  readonly family: string;
  readonly parameters: number;
  readonly licence: {
    readonly name: string;
    readonly address: string;
    readonly terms: LicenceTerms;
    /** US dollars of yearly revenue above which an organisation needs the maker's permission; only with `revenue`. */
    readonly limitUsd?: number;
  };
  /** Bytes that are fetched. */
  readonly wireBytes: number;
  /** Bytes in the store. */
  readonly deviceBytes: number;
  /** Bytes on the GPU with a cache of 4096 tokens in f16. */
  readonly gpuBytes: number;
  /** Bytes of the largest tensor, which the GPU must bind at once. */
  readonly largestBytes: number;
  /** Least memory of the device. */
  readonly memoryGiB: number;
  readonly contextLength: number;
  readonly bestAt: CatalogueStrength;
  readonly goodAt: readonly CatalogueTask[];
  /** BCP 47; the languages it knows best, of {@link languageCount}. */
  readonly languages: readonly string[];
  readonly languageCount: number;
  /** Whether repository, files and sizes were compared with those on the network. */
  readonly checked: boolean;
}

type FieldCheck = (value: unknown) => boolean;

const isText: FieldCheck = (x) => typeof x === 'string' && x.length > 0 && x.length < 300;
const isCount: FieldCheck = (x) => Number.isSafeInteger(x) && (x as number) > 0;
const listOf =
  (check: FieldCheck): FieldCheck =>
  (x) =>
    Array.isArray(x) && x.length > 0 && x.length < 100 && x.every(check);
const matching =
  (pattern: RegExp): FieldCheck =>
  (x) =>
    typeof x === 'string' && pattern.test(x);

/** For each field, the expected value in words (for the error) and the check. */
const FIELDS: { readonly [K in keyof CatalogueEntry]-?: readonly [expected: string, check: FieldCheck] } = {
  id: ['lower-case letters, digits, dots and hyphens', matching(/^[a-z0-9][a-z0-9.-]{0,60}$/)],
  name: ['a name', isText],
  repository: ['org/name', matching(/^[\w.-]+\/[\w.-]+$/)],
  revision: ['a branch, tag or commit', matching(/^[\w./-]{1,100}$/)],
  files: ['plain file names', (x) => x === undefined || listOf(matching(/^[\w-][\w.-]*$/))(x)],
  family: ['a model_type', matching(/^[\w.-]+$/)],
  parameters: ['a whole number', isCount],
  licence: [
    `a name, an https address, and terms: ${LICENCE_TERMS.join(', ')}, the last with limitUsd`,
    (x) =>
      typeof x === 'object' &&
      x !== null &&
      isText((x as CatalogueEntry['licence']).name) &&
      LICENCE_TERMS.includes((x as CatalogueEntry['licence']).terms) &&
      ((x as CatalogueEntry['licence']).terms === 'revenue') ===
        isCount((x as CatalogueEntry['licence']).limitUsd) &&
      matching(/^https:\/\//)((x as CatalogueEntry['licence']).address),
  ],
  wireBytes: ['a whole number of bytes', isCount],
  deviceBytes: ['a whole number of bytes', isCount],
  gpuBytes: ['a whole number of bytes', isCount],
  largestBytes: ['a whole number of bytes', isCount],
  memoryGiB: ['a number of GiB', (x) => typeof x === 'number' && x > 0 && x < 1024],
  contextLength: ['a whole number of tokens', isCount],
  bestAt: [`one of ${STRENGTHS.join(', ')}`, (x) => STRENGTHS.includes(x as CatalogueStrength)],
  goodAt: [`some of ${TASKS.join(', ')}`, listOf((x) => TASKS.includes(x as CatalogueTask))],
  languages: ['BCP 47 tags', listOf(matching(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/))],
  languageCount: ['a whole number', isCount],
  checked: ['true or false', (x) => typeof x === 'boolean'],
};

/** Throws `request-invalid` that names entry and field. */
export function parseCatalogue(json: unknown): CatalogueEntry[] {
  const { format, models } = Object(json) as { format?: unknown; models?: unknown };
  if (format !== CATALOGUE_FORMAT) wrong('format', CATALOGUE_FORMAT, format);
  if (!Array.isArray(models)) return wrong('models', 'a list', models);
  const entries = models.map((model, i) => parseEntry(model, i));
  const ids = entries.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) wrong('models', 'every id once', `${twice} twice`);
  return entries;
}

function parseEntry(model: unknown, index: number): CatalogueEntry {
  const entry = Object(model) as Record<string, unknown>;
  const name = typeof entry.id === 'string' ? entry.id : `entry ${index}`;
  for (const [key, [expected, check]] of Object.entries(FIELDS)) {
    if (!check(entry[key])) wrong(`${name}, ${key}`, expected, entry[key]);
  }
  for (const key of Object.keys(entry)) {
    if (!Object.hasOwn(FIELDS, key)) wrong(`${name}, ${key}`, 'no such field', entry[key]);
  }
  return model as CatalogueEntry;
}

function wrong(where: string, expected: string, got: unknown): never {
  fail('request-invalid', {
    who: 'catalogue.json',
    where,
    message: 'the catalogue has a mistake',
    expected,
    got: String(JSON.stringify(got)).slice(0, 80),
  });
}

/** Whether it writes text; the others find passages. */
export const isWriter = ({ bestAt }: Pick<CatalogueEntry, 'bestAt'>): boolean => bestAt !== 'passages';

/** The address as typed into the import form: with its file where that is a GGUF, with the revision unless it is `main`. */
export function addressOf({ repository, revision, files = [] }: CatalogueEntry): string {
  const file = files.find((name) => name.endsWith('.gguf'));
  const place = file === undefined ? repository : `${repository}/${file}`;
  return revision === 'main' ? place : `${place}@${revision}`;
}

/**
 * Turns jobs as database version 2 stored them into jobs of this version. Pure.
 *
 * Version 2 kept one flat record for all kinds and states: the request as `ask`, the state as `status`, and 22 optional
 * fields beside them. No conversation may be lost: what cannot be understood becomes a question and answer of plain text.
 */
import type {
  ChatRequest,
  Excerpts,
  JobProgress,
  JobRequest,
  PageCoverage,
  PromptProgress,
  Round,
  RuleNote,
  SummaryRequest,
  TermCheck,
  TranslationRequest,
} from '../../protocol/types.ts';
import type { StoredJob } from './stored-records.ts';

/** A job of version 2, without the fields that all kinds of job still have. */
interface JobV2 {
  readonly ask: JobRequest;
  readonly status: JobProgress['phase'];
  readonly rounds?: readonly Round[];
  readonly rules?: readonly RuleNote[];
  readonly passages?: readonly (string | null)[];
  readonly pageLanguage?: string;
  readonly sought?: readonly number[];
  readonly reading?: PromptProgress;
  readonly coverage?: PageCoverage;
  readonly excerpts?: Excerpts;
  readonly forgotten?: number;
  readonly part?: { readonly done: number; readonly total: number };
  readonly terms?: readonly TermCheck[];
  readonly thinking?: true;
  readonly onlyThought?: true;
  readonly cut?: boolean;
  readonly error?: Extract<JobProgress, { phase: 'failed' }>['error'];
}

type Raw = Readonly<Record<string, unknown>>;

/** `value` is what version 2 stored under the key `id`; a record of this version stays as it is. */
export function migrateJob(value: unknown, id: string): StoredJob {
  const raw: Raw = typeof value === 'object' && value !== null ? (value as Raw) : {};
  if ('progress' in raw && 'request' in raw) return value as StoredJob;
  return isJobV2(raw) ? migrated(raw, baseOf(raw, id)) : asText(raw, id);
}

function migrated(raw: JobV2, base: Base): StoredJob {
  const progress = progressOf(raw);
  const request = withoutEmptyLanguages(raw.ask);
  if (request.kind === 'summary') {
    const { rounds, rules, passages, pageLanguage, sought, coverage } = raw;
    const own = { rounds, rules, passages, pageLanguage, sought, coverage };
    return { ...base, progress, kind: request.kind, request, ...own };
  }
  if (request.kind === 'translation') {
    const { part, terms } = raw;
    return { ...base, progress, kind: request.kind, request, part, terms };
  }
  const { coverage, excerpts, forgotten } = raw;
  return { ...base, progress, kind: request.kind, request, coverage, excerpts, forgotten };
}

function progressOf({ status, reading, thinking, cut, onlyThought, error }: JobV2): JobProgress {
  if (status === 'reading') return { phase: status, prompt: reading };
  if (status === 'writing') return { phase: status, thinking };
  const wasCut = cut === true ? cut : undefined;
  if (status === 'done') return { phase: status, cut: wasCut, onlyThought };
  if (status === 'stopped') return { phase: status, cut: wasCut };
  if (status !== 'failed') return { phase: status };
  return error === undefined ? { phase: 'interrupted' } : { phase: status, error };
}

function withoutEmptyLanguages(ask: JobRequest): JobRequest {
  if (ask.kind === 'summary') return { ...ask, language: ask.language || undefined };
  if (ask.kind === 'translation') return { ...ask, from: ask.from || undefined };
  return ask;
}

type Base = Omit<StoredJob, 'kind' | 'request' | 'progress'>;

/** The fields that all kinds of job have; those of the wrong type are left out. */
function baseOf(raw: Raw, id: string): Base {
  const text = (name: string) => (typeof raw[name] === 'string' ? (raw[name] as string) : undefined);
  const count = (name: string) => (typeof raw[name] === 'number' ? (raw[name] as number) : undefined);
  const createdAt = count('createdAt') ?? 0;
  return {
    id,
    text: text('text') ?? '',
    conversation: text('conversation'),
    tab: count('tab'),
    context: raw.context as Base['context'],
    tokens: count('tokens'),
    tokensPerSecond: count('tokensPerSecond'),
    model: text('model'),
    createdAt,
    updatedAt: count('updatedAt') ?? createdAt,
    // The index of loose jobs leaves out a record without this key or with an undefined value.
    looseAt: count('looseAt'),
  };
}

/** A job that is over, with the question and answer that the record has. */
function asText(raw: Raw, id: string): StoredJob {
  const { ask } = raw as { ask?: Partial<ChatRequest> | null };
  const request: ChatRequest = { kind: 'chat', text: typeof ask?.text === 'string' ? ask.text : '' };
  return { ...baseOf(raw, id), progress: { phase: 'interrupted' }, kind: 'chat', request };
}

const STATUSES: readonly unknown[] = [
  'queued',
  'loading',
  'reading',
  'writing',
  'done',
  'stopped',
  'interrupted',
  'failed',
];

function isJobV2(raw: object): raw is JobV2 & Raw {
  const { ask, status, rounds } = raw as Partial<JobV2>;
  if (typeof ask !== 'object' || ask === null || !STATUSES.includes(status)) return false;
  return (rounds === undefined || isRounds(rounds)) && isRequest(ask);
}

const isRounds = (rounds: unknown): boolean =>
  Array.isArray(rounds) &&
  rounds.length > 0 &&
  rounds.every((round: Partial<Round> | null) => Array.isArray(round?.ends) && Array.isArray(round.points));

function isRequest(
  ask: Partial<SummaryRequest> | Partial<TranslationRequest> | Partial<ChatRequest>,
): boolean {
  if (ask.kind === 'summary') return typeof ask.style === 'object' && ask.style !== null;
  if (ask.kind === 'translation') return typeof ask.text === 'string' && typeof ask.language === 'string';
  return ask.kind === 'chat' && typeof ask.text === 'string';
}

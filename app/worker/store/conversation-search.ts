/**
 * Finds conversations by words in their titles, questions and answers; ignores case and accents. Newest first.
 *
 * A search goes step by step: each call reads a bounded number of characters and returns what is found so far, so that the
 * first results are there at once and the worker stays free for others. Conversations in which a word surely does not occur
 * are known by their signatures and not read again. A query that continues an earlier one searches only what that one
 * found or has not reached.
 */
import { fold } from '../../text/fold.ts';
import { allJobs } from '../../protocol/branches.ts';
import type { Snippet } from '../../protocol/search-result.ts';
import type { Job, JobRequest } from '../../protocol/types.ts';
import { snippetAround } from './snippet.ts';
import type { Store } from './store.ts';
import type { StoredConversation } from './stored-records.ts';
import { TextSignature } from './text-signature.ts';

export interface SearchMatch {
  /** Absent if the titles contain all the words. */
  readonly snippet?: Snippet;
}

export type MatchedConversation = StoredConversation & SearchMatch;

export interface SearchSource {
  /** All, newest first, without deleted ones. */
  conversations(ofPrivate: boolean): Promise<readonly StoredConversation[]>;
  job(id: string): Promise<Job | undefined>;
}

export const searchOf = (store: Pick<Store, 'conversations' | 'job'>): ConversationSearch =>
  new ConversationSearch({
    conversations: (ofPrivate) => store.conversations(Number.POSITIVE_INFINITY, ofPrivate),
    job: (id) => store.job(id),
  });

export interface SearchQuery {
  readonly find: string;
  readonly limit: number;
  /** Searches the conversations of private windows instead. */
  readonly ofPrivate?: boolean;
}

/** Characters that are folded and searched at once; a longer text is cut between words. */
const SLICE = 16_384;
/** Characters read by one call, about. */
const PER_CALL = 1_000_000;
/** What reading one job costs, in characters. */
const READING = 2000;
/** Searches that can go on: of several pages, and the one that a longer query continues. */
const SCANS = 3;
/** Bytes of all signatures together. */
const SIGNATURES = 16_000_000;

/** A search that is under way or done. */
interface Scan {
  readonly words: readonly string[];
  readonly ofPrivate: boolean;
  readonly candidates: readonly StoredConversation[];
  /** Index of the candidate that is read next, or is being read. */
  at: number;
  readonly found: MatchedConversation[];
  readonly steps: AsyncGenerator<void, void>;
  done: boolean;
}

export class ConversationSearch {
  /** Characters of questions and answers that were read so far. */
  scanned = 0;
  private readonly source: SearchSource;
  private readonly signatures = new Map<string, TextSignature>();
  private signatureBytes = 0;
  private scans: Scan[] = [];
  /** Conversations that changed since their reading began. */
  private readonly changedNow = new Set<string>();
  private readonly lists = new Map<boolean, Promise<readonly StoredConversation[]>>();
  /** Calls run one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private cost = 0;

  constructor(source: SearchSource) {
    this.source = source;
  }

  /** What is found so far, at most `limit`; `done` if there is no more. Call again with the same query to go on. */
  search(query: SearchQuery): Promise<{ found: readonly MatchedConversation[]; done: boolean }> {
    const next = this.turn.then(() => this.goOn(query));
    this.turn = next.catch(() => {});
    return next;
  }

  /** The texts of a conversation have changed. */
  changed(conversation: string): void {
    this.changedNow.add(conversation);
    this.forget(conversation);
  }

  private forget(conversation: string): void {
    this.signatureBytes -= this.signatures.get(conversation)?.bytes ?? 0;
    this.signatures.delete(conversation);
  }

  /** Conversations have begun, ended or been renamed: the next call begins its search again. */
  listChanged(): void {
    this.scans = [];
    this.lists.clear();
    this.changedNow.clear();
  }

  private async goOn({ find, limit, ofPrivate = false }: SearchQuery) {
    const words = [...new Set(fold(find).split(/\s+/).filter(Boolean))];
    const scan = this.known(words, ofPrivate) ?? (await this.begin(words, ofPrivate));
    this.scans = [scan, ...this.scans.filter((other) => other !== scan)].slice(0, SCANS);
    this.cost = 0;
    try {
      while (!scan.done && scan.found.length < limit && this.cost < PER_CALL)
        scan.done = (await scan.steps.next()).done === true;
    } catch (error) {
      // A generator that threw has ended: the next call begins again.
      this.scans = this.scans.filter((other) => other !== scan);
      throw error;
    }
    return { found: scan.found.slice(0, limit), done: scan.done || scan.found.length >= limit };
  }

  private known(words: readonly string[], ofPrivate: boolean): Scan | undefined {
    const same = (scan: Scan) => scan.ofPrivate === ofPrivate && scan.words.join(' ') === words.join(' ');
    return this.scans.find(same);
  }

  private async begin(words: readonly string[], ofPrivate: boolean): Promise<Scan> {
    const candidates = this.narrowed(words, ofPrivate) ?? (await this.list(ofPrivate));
    const scan = { words, ofPrivate, candidates, at: 0, found: [], done: false };
    return Object.assign(scan, { steps: this.steps(scan) });
  }

  private list(ofPrivate: boolean): Promise<readonly StoredConversation[]> {
    const known = this.lists.get(ofPrivate);
    if (known !== undefined) return known;
    const read = this.source.conversations(ofPrivate);
    this.lists.set(ofPrivate, read);
    read.catch(() => this.lists.delete(ofPrivate));
    return read;
  }

  /** What an earlier query leaves to a longer one: where a word occurs, each part of it does. */
  private narrowed(words: readonly string[], ofPrivate: boolean): readonly StoredConversation[] | undefined {
    const left = this.scans
      .filter((scan) => scan.ofPrivate === ofPrivate)
      .filter((scan) => scan.words.every((part) => words.some((word) => word.includes(part))))
      .map(({ found, candidates, at }) => [...found.map(withoutSnippet), ...candidates.slice(at)]);
    return left.toSorted((a, b) => a.length - b.length)[0];
  }

  private async *steps(scan: Omit<Scan, 'steps'>): AsyncGenerator<void, void> {
    for (; scan.at < scan.candidates.length; scan.at++) {
      const conversation = scan.candidates[scan.at]!;
      const titles = fold(`${conversation.title}\n${conversation.page?.title ?? ''}`);
      const untitled = scan.words.filter((word) => !titles.includes(word));
      const match = untitled.length === 0 ? {} : yield* this.read(conversation, untitled);
      if (match !== undefined) scan.found.push({ ...conversation, ...match });
    }
  }

  /** Reads a conversation's texts until all words have occurred. Makes its signature if they have not. */
  private async *read(
    conversation: StoredConversation,
    words: readonly string[],
  ): AsyncGenerator<void, SearchMatch | undefined> {
    const known = this.signatures.get(conversation.id);
    if (known !== undefined && !words.every((word) => known.mayHave(word))) return undefined;
    const signature = known === undefined ? new TextSignature() : undefined;
    this.changedNow.delete(conversation.id);
    const missing = new Set(words);
    // The longest word explains the match best.
    const longest = words.toSorted((a, b) => b.length - a.length)[0]!;
    let snippet: Snippet | undefined;
    for (const id of allJobs(conversation)) {
      const job = await this.source.job(id);
      this.cost += READING;
      for (const text of job === undefined ? [] : [questionText(job.request), job.text]) {
        for (const slice of slicesOf(text)) {
          const folded = fold(slice);
          this.scanned += slice.length;
          this.cost += slice.length;
          signature?.add(folded);
          for (const word of missing) if (folded.includes(word)) missing.delete(word);
          if (snippet === undefined && folded.includes(longest)) snippet = snippetAround(slice, longest);
          if (missing.size === 0) return snippet === undefined ? {} : { snippet };
          yield;
        }
      }
    }
    if (signature !== undefined && !this.changedNow.has(conversation.id))
      this.keep(conversation.id, signature.finish());
    return undefined;
  }

  private keep(conversation: string, signature: TextSignature): void {
    if (this.signatureBytes + signature.bytes > SIGNATURES) return;
    this.forget(conversation);
    this.signatures.set(conversation, signature);
    this.signatureBytes += signature.bytes;
  }
}

function withoutSnippet({ snippet: _, ...conversation }: MatchedConversation): StoredConversation {
  return conversation;
}

/** A text in slices that end between words; within a word without an end, slices overlap by a part of the slice. */
function* slicesOf(text: string): Generator<string, void> {
  for (let from = 0; from < text.length; ) {
    let end = Math.min(text.length, from + SLICE);
    let next = end;
    if (end < text.length) {
      const blank = lastBlank(text, from + SLICE / 2, end);
      if (blank > 0) {
        end = blank;
        next = blank;
      } else next = end - OVERLAP;
    }
    yield text.slice(from, end);
    from = next;
  }
}

/** Characters by which slices of a text without blanks overlap; a longer word is found only within a slice. */
const OVERLAP = 2000;

function lastBlank(text: string, from: number, end: number): number {
  for (let at = end; at > from; at--) if (text.charCodeAt(at) <= 0x20) return at;
  return -1;
}

const questionText = (request: JobRequest): string => {
  if (request.kind === 'summary') return '';
  const names = request.kind === 'chat' ? (request.attached ?? []).map(({ name }) => name ?? '') : [];
  return [request.text, ...names].join('\n');
};

/**
 * How near the sentences of a page are in meaning to a question or a statement. A page's vectors are made once, in a pause or
 * when they are first needed, and stay in memory with the page; nothing of them is on the disk. A person who waits, waits for a
 * moment only: what has no vector by then is found by its words.
 */
import { type Embedder, EngineError } from '../../../engine/index.ts';
import type { PaceSetting } from '../../protocol/types.ts';
import { Likeness, type TextSpan } from '../../text/meaning/likeness.ts';
import { type EmbedderService, keyOf } from './embedder-service.ts';
import { pageParts } from './page-parts.ts';

export interface PageMeaningOptions {
  readonly embedder: Pick<EmbedderService, 'usable' | 'ready' | 'fail'>;
  /** How much of the GPU work for a waiting person may take. */
  pace(): PaceSetting;
  /** Aborts once a person has waited long enough: after {@link WAIT_MS} where absent. */
  limit?(): AbortSignal;
}

export interface LikenessOptions {
  /** A question is put in other words than what answers it; a statement is compared as it is. */
  readonly as: 'question' | 'statement';
  /** Ends it; then there is no result. */
  readonly signal?: AbortSignal | undefined;
}

interface PageVectors {
  readonly model: string;
  readonly text: string;
  readonly parts: readonly TextSpan[];
  /** One for each of the first parts. */
  readonly vectors: Float32Array[];
}

/** Milliseconds that a person waits for vectors before words alone decide, the time to load the model included. */
const WAIT_MS = 3000;
/** Texts that are made vectors of before it is looked at the time. */
const BATCH = 16;
/** Pages whose vectors are kept, and bytes of them. */
const MOST_PAGES = 8;
const MOST_BYTES = 24 * 2 ** 20;

export class PageMeaning {
  private readonly options: PageMeaningOptions;
  /** The last used at the end. */
  private kept: PageVectors[] = [];

  constructor(options: PageMeaningOptions) {
    this.options = options;
  }

  /** Whether there is a model for this. */
  get usable(): boolean {
    return this.options.embedder.usable() !== undefined;
  }

  /**
   * One for each of `asked`; undefined where no model tells, or no vector of the page is there in time. Never rejects. No other
   * work may be on the GPU: call it from a job, or between jobs.
   */
  async likeness(
    text: string,
    asked: readonly string[],
    { as, signal }: LikenessOptions,
  ): Promise<readonly Likeness[] | undefined> {
    const within = this.options.limit?.() ?? AbortSignal.timeout(WAIT_MS);
    const stop = signal === undefined ? within : AbortSignal.any([signal, within]);
    return this.work(this.options.pace(), stop, async (embedder, model) => {
      const role = as === 'question' ? 'query' : 'document';
      const { vectors: wanted } = await embedder.embed(asked, { as: role, signal: stop });
      const page = this.pageOf(model, text);
      await readOn(page, embedder, stop);
      if (page.vectors.length === 0 || signal?.aborted === true) return undefined;
      return wanted.map((vector) => {
        const cosines = page.parts.map((_, i) => product(page.vectors[i], vector));
        return new Likeness(page.parts, cosines);
      });
    });
  }

  /** Makes the vectors of a page that nobody has asked about yet, at the politest pace. Never rejects. */
  async readAhead(text: string, signal: AbortSignal): Promise<void> {
    await this.work('polite', signal, (embedder, model) =>
      readOn(this.pageOf(model, text), embedder, signal),
    );
  }

  /** Drops the vectors of all pages. */
  forget(): void {
    this.kept = [];
  }

  private async work<T>(
    pace: PaceSetting,
    signal: AbortSignal,
    run: (embedder: Embedder, model: string) => Promise<T>,
  ): Promise<T | undefined> {
    const model = this.options.embedder.usable();
    if (model === undefined || signal.aborted) return undefined;
    try {
      const embedder = await untilAborted(this.options.embedder.ready(pace), signal);
      return embedder && (await run(embedder, keyOf(model)));
    } catch (error) {
      const isOver = error instanceof EngineError && error.code === 'request-aborted';
      if (!isOver && !signal.aborted) this.options.embedder.fail(model, error);
      return undefined;
    }
  }

  private pageOf(model: string, text: string): PageVectors {
    const found = this.kept.find((page) => page.model === model && page.text === text);
    const page = found ?? { model, text, parts: pageParts(text), vectors: [] };
    this.kept = [...this.kept.filter((other) => other !== found), page].slice(-MOST_PAGES);
    while (this.kept.length > 1 && bytesOf(this.kept) > MOST_BYTES) this.kept.shift();
    return page;
  }
}

/** Makes the vectors that are still missing; those made until it is aborted stay. */
async function readOn(page: PageVectors, embedder: Embedder, signal: AbortSignal): Promise<void> {
  const { text, parts, vectors } = page;
  while (vectors.length < parts.length && !signal.aborted) {
    const batch = parts.slice(vectors.length, vectors.length + BATCH);
    const texts = batch.map(({ start, end }) => text.slice(start, end).trim());
    try {
      vectors.push(...(await embedder.embed(texts, { as: 'document', signal })).vectors);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** The cosine, since vectors have length 1; NaN for a part without one. */
function product(vector: Float32Array | undefined, other: Float32Array): number {
  return vector === undefined ? Number.NaN : vector.reduce((sum, x, i) => sum + x * (other[i] ?? 0), 0);
}

const bytesOf = (pages: readonly PageVectors[]): number =>
  pages.reduce((sum, { vectors }) => sum + vectors.length * (vectors[0]?.byteLength ?? 0), 0);

/** Undefined once it is aborted; the work goes on, for the next use. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = Promise.withResolvers<undefined>();
  const end = () => over.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  return Promise.race([work, over.promise]).finally(() => signal.removeEventListener('abort', end));
}

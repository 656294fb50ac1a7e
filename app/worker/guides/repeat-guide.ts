/** Bans the token that would write the same five tokens a second time, unless the page says so too. */
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import type { TokenCoder } from '../answerer/answerer.ts';

const TOKENS = 5;

export class RepeatGuide implements Guide {
  /** What followed each four tokens. */
  private readonly followers = new Map<string, Set<number>>();
  private known: number[] = [];
  private readonly page: string;
  private readonly model: Pick<TokenCoder, 'decode'>;
  private readonly breaks = new Map<number, boolean>();

  /** `page`: quotations of it may come again. */
  constructor(model: Pick<TokenCoder, 'decode'>, page: string) {
    this.model = model;
    this.page = folded(page);
  }

  next({ ids }: GuidedAnswer): GuideStep {
    this.learn(ids);
    const key = this.keyBefore(ids, ids.length);
    const before = key === undefined ? undefined : this.followers.get(key);
    if (before === undefined) return 'free';
    const start = ids.slice(-(TOKENS - 1));
    const ban = [...before].filter((id) => !this.quotes([...start, id]));
    return ban.length === 0 ? 'free' : { ban };
  }

  private quotes(ids: readonly number[]): boolean {
    return this.page.includes(folded(this.model.decode(ids)));
  }

  /** Counts the tokens that are new; after a rewind, all of them again. */
  private learn(ids: readonly number[]): void {
    if (ids.length < this.known.length) {
      this.known = [];
      this.followers.clear();
    }
    for (let at = this.known.length; at < ids.length; at++) {
      const id = ids[at] as number;
      const key = this.breaksLine(id) ? undefined : this.keyBefore(ids, at);
      if (key !== undefined) this.followers.set(key, (this.followers.get(key) ?? new Set()).add(id));
      this.known.push(id);
    }
  }

  /** The four tokens before `end`; undefined where they go over the end of a line: points may begin alike. */
  private keyBefore(ids: readonly number[], end: number): string | undefined {
    const four = ids.slice(Math.max(0, end - (TOKENS - 1)), end);
    return four.length < TOKENS - 1 || four.some((id) => this.breaksLine(id)) ? undefined : four.join(' ');
  }

  private breaksLine(id: number): boolean {
    const known = this.breaks.get(id);
    if (known !== undefined) return known;
    const breaks = this.model.decode([id]).includes('\n');
    this.breaks.set(id, breaks);
    return breaks;
  }
}

const folded = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');

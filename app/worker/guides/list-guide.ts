/**
 * The form of a list: each line is a point after `- `, there are at most so many, and each has at most so many words. A
 * point that grows too long ends at its last whole sentence or clause; one without any is taken back.
 */
import type { GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import type { TokenCoder } from '../answerer/answerer.ts';
import { wordEnds } from '../../text/extract/cuts.ts';
import { ANYWHERE, FormGuide } from './form-guide.ts';
import { isSaidBefore } from './same-point.ts';

export interface ListLimits {
  readonly points: number;
  /** Most words of a point. */
  readonly words: number;
  /** Most tokens of the answer. */
  readonly tokens: number;
  /** What the prompt begins the answer with. */
  readonly begun: string;
}

/** A point that has not come to an end may be longer by this factor. */
const GRACE = 1.5;
/** Fewest words of a point that is cut after a comma or before a phrase, as a share of its most. */
const LEAST = 0.4;
/** After so many points an empty line ends the list. */
const ENOUGH = 3;
/** A second dash, a star, a heading, or a quotation mark of Markdown. */
const NESTED = /^\s*[-*•+#>|–—]/u;
const NUMBERED = /^\s*(?:\(?\d{1,2}[.):]\s|\(\d)/u;
const WORDS = /[\p{L}\p{N}]/u;
const COLON = /[:：]\s*$/u;
/** A sentence has ended. The point of a number ("3.5") is no end. */
const ENDED = /(?:\p{L}[.!?…]["'”’»)]*|[。！？؟]["'”’»」』)]*)$/u;
/** Times that one point is written again; more where the list would end with fewer points than {@link FEW}. */
const MOST_REPLACED = 2;
const MOST_REPLACED_OF_FEW = 4;
const FEW = 2;

export class ListGuide extends FormGuide {
  private readonly newPoint: readonly number[];
  private readonly dash: readonly number[];
  private readonly digits: readonly number[];
  /** Number of tokens after which the next point is begun. */
  private beginAt = -1;
  /** How often a point was written again, by the number of those before it. */
  private readonly replaced = new Map<number, number>();

  private readonly limits: ListLimits;

  constructor(limits: ListLimits, model: Pick<TokenCoder, 'encode'>) {
    super(limits.tokens);
    this.limits = limits;
    // Without a blank: in most vocabularies it belongs to the token of the next word.
    this.newPoint = model.encode('\n-');
    this.dash = model.encode('-');
    const blank = model.encode(' ');
    const digits = [...'0123456789'].flatMap((digit) => [
      ...model.encode(digit),
      ...model.encode(` ${digit}`),
    ]);
    this.digits = digits.filter((id) => !blank.includes(id));
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    const { begun, points } = this.limits;
    const full = begun + answer.text;
    const lines = full.split('\n');
    const line = lines.pop() as string;
    const done = lines.filter((each) => WORDS.test(each)).length;
    const earlier = (list: readonly string[]) => list.filter((each) => WORDS.test(each));
    if (this.beginAt === answer.ids.length) {
      // A line that is cut is a point that has come to its end.
      const said = line.trim() !== '' && isSaidBefore(line, earlier(lines));
      return said ? this.replacePoint(answer, line, earlier(lines).length) : this.begin(full, done);
    }
    this.beginAt = -1;
    if (line.trim() !== '') return this.within(answer, line, earlier(lines));
    const last = lines.at(-1) ?? '';
    const before = earlier(lines.slice(0, -1));
    if (WORDS.test(last)) {
      const ended = `${last}\n${line}`;
      if (COLON.test(last) || isSaidBefore(last, before)) {
        return this.replacePoint(answer, ended, before.length);
      }
      const whole = this.beforeSign(answer.text.slice(0, answer.text.length - line.length - 1));
      if (whole !== undefined) return this.beginFrom(answer, whole);
    }
    if (done >= points) return 'end';
    if (/^\s*-\s*$/.test(last)) return this.refuse(answer, this.before(answer, 1 + line.length));
    if (lines.length > 1 && last.trim() === '') {
      return done >= Math.min(ENOUGH, points) ? this.end(answer, answer.ids.length) : this.begin(full, done);
    }
    return 'free';
  }

  /** The step within a line that has a sign. */
  private within(answer: GuidedAnswer, line: string, earlier: readonly string[]): GuideStep {
    const start = answer.text.length - line.length;
    if (!/^ ?-/.test(line)) return this.beginFrom(answer, this.before(answer, line.length));
    const content = line.slice(line.indexOf('-') + 1);
    if (content === '') return 'free';
    const contentStart = this.before(answer, content.length);
    // Instead of "1." a model would begin with the next number.
    if (NUMBERED.test(content)) return this.refuse(answer, contentStart, this.digits);
    if (!/^\s/.test(content) || NESTED.test(content)) return this.refuse(answer, contentStart);
    const talk = this.refuseTalk(answer, Math.max(0, answer.text.length - content.length));
    if (talk === 'tried' && earlier.length >= FEW) return this.endBefore(answer, line);
    if (talk !== undefined && talk !== 'tried') return talk;
    if (ENDED.test(line) && isSaidBefore(content, earlier)) {
      return this.replacePoint(answer, line, earlier.length);
    }
    const { words } = this.limits;
    const count = wordEnds(content).length;
    if (count <= words) return 'free';
    const part = { start: Math.max(0, start + 1), least: words * LEAST };
    const near = this.wholePart(answer, { ...part, most: words, kinds: ['sentence', 'clause'] });
    if (near !== undefined) return this.beginFrom(answer, near);
    if (count <= words * GRACE) return 'free';
    const far = this.wholePart(answer, { ...ANYWHERE, ...part });
    return far === undefined ? this.dropPoint(answer, line) : this.beginFrom(answer, far);
  }

  /**
   * Takes back a point that has come to its end, and asks for another; after some tries the list ends before it. `ended`:
   * the text from the beginning of its line on; `done`: points before it.
   */
  private replacePoint(answer: GuidedAnswer, ended: string, done: number): GuideStep {
    const times = this.replaced.get(done) ?? 0;
    if (times < (done < FEW ? MOST_REPLACED_OF_FEW : MOST_REPLACED)) {
      this.replaced.set(done, times + 1);
      return this.refuse(answer, this.before(answer, ended.length - ended.indexOf('-') - 1));
    }
    return this.endBefore(answer, ended);
  }

  /** Ends the list before its last line or, if there is nothing before, leaves it. */
  private endBefore(answer: GuidedAnswer, ended: string): GuideStep {
    const start = answer.text.length - ended.length;
    return start > 0 ? this.end(answer, this.tokensBefore(start - 1)) : 'free';
  }

  /** Begins the next point after `count` tokens. */
  private beginFrom(answer: GuidedAnswer, count: number): GuideStep {
    this.beginAt = count;
    if (count < answer.ids.length) return { rewind: count };
    const full = this.limits.begun + answer.text;
    return this.begin(full, full.split('\n').filter((each) => WORDS.test(each)).length);
  }

  /** Begins a point after a text with `done` lines before its last. */
  private begin(full: string, done: number): GuideStep {
    const line = full.slice(full.lastIndexOf('\n') + 1);
    const whole = line.trim() === '' ? done : full.split('\n').filter((each) => WORDS.test(each)).length;
    if (whole >= this.limits.points) return 'end';
    return { force: line === '' ? this.dash : this.newPoint };
  }

  /** A point without a place to cut: the list ends before it, or, if it is the first, another one is tried. */
  private dropPoint(answer: GuidedAnswer, line: string): GuideStep {
    const before = answer.text.length - line.length;
    if (before > 0) return this.end(answer, this.tokensBefore(before - 1));
    const again = this.refuse(answer, this.before(answer, line.length - 1));
    return again === 'free' ? 'end' : again;
  }

  protected override endWhole(answer: GuidedAnswer): GuideStep {
    const line = answer.text.slice(answer.text.lastIndexOf('\n') + 1);
    const start = answer.text.length - line.length;
    const whole = this.wholePart(answer, { ...ANYWHERE, start, kinds: ['sentence', 'clause'] });
    const kept = answer.text.slice(start, this.lengthOf(whole ?? 0));
    const before = (this.limits.begun + answer.text.slice(0, start)).split('\n');
    const earlier = start > 0 ? before.filter((each) => WORDS.test(each)) : [];
    if (whole !== undefined && !isSaidBefore(kept, earlier)) return this.end(answer, whole);
    return start > 0 ? this.end(answer, this.tokensBefore(start - 1)) : super.endWhole(answer);
  }

  /** The number of tokens before the last `length` characters. */
  private before({ text }: GuidedAnswer, length: number): number {
    return this.tokensBefore(Math.max(0, text.length - length));
  }
}

/**
 * The form of a list: each line is a point after `- `, there are at most so many, and each has at most so many words. A
 * point that grows too long ends at its last whole sentence or clause; one without any is taken back.
 */
import type { GuidedAnswer, GuideStep, LoadedModel } from '../../../engine/index.ts';
import { wordEnds } from './cuts.ts';
import { ANYWHERE, FormGuide } from './form-guide.ts';

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
/** Points of a list that are written again. */
const MOST_REPLACED = 3;
/** A point of at least so many different words says the same as another if they share this part of the fewer ones. */
const COMPARED = 5;
const SAME = 0.8;

export class ListGuide extends FormGuide {
  private readonly newPoint: readonly number[];
  private readonly dash: readonly number[];
  private readonly digits: readonly number[];
  /** Number of tokens after which the next point is begun. */
  private beginAt = -1;
  /** Number of points that were written again. */
  private replaced = 0;

  private readonly limits: ListLimits;

  constructor(limits: ListLimits, model: Pick<LoadedModel, 'encode'>) {
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
    if (this.beginAt === answer.ids.length) return this.begin(full, done);
    this.beginAt = -1;
    if (line.trim() !== '') return this.within(answer, line);
    const last = lines.at(-1) ?? '';
    if (isIdle(last, lines.slice(0, -1))) return this.replacePoint(answer, last, line);
    if (done >= points) return 'end';
    if (/^\s*-\s*$/.test(last)) return this.refuse(answer, this.before(answer, 1 + line.length));
    if (lines.length > 1 && last.trim() === '') {
      return done >= Math.min(ENOUGH, points) ? this.end(answer, answer.ids.length) : this.begin(full, done);
    }
    return 'free';
  }

  /** The step within a line that has a sign. */
  private within(answer: GuidedAnswer, line: string): GuideStep {
    const start = answer.text.length - line.length;
    if (!/^ ?-/.test(line)) return this.beginFrom(answer, this.before(answer, line.length));
    const content = line.slice(line.indexOf('-') + 1);
    if (content === '') return 'free';
    const contentStart = this.before(answer, content.length);
    // Instead of "1." a model would begin with the next number.
    if (NUMBERED.test(content)) return this.refuse(answer, contentStart, this.digits);
    if (!/^\s/.test(content) || NESTED.test(content)) return this.refuse(answer, contentStart);
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

  /** Takes back a point that has come to its end, and asks for another; after some tries the list ends before it. */
  private replacePoint(answer: GuidedAnswer, point: string, line: string): GuideStep {
    const start = answer.text.length - line.length - 1 - point.length;
    if (this.replaced++ < MOST_REPLACED) {
      return this.refuse(answer, this.tokensBefore(Math.max(0, start + point.indexOf('-') + 1)));
    }
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
    if (whole !== undefined) return this.end(answer, whole);
    return start > 0 ? this.end(answer, this.tokensBefore(start - 1)) : super.endWhole(answer);
  }

  /** The number of tokens before the last `length` characters. */
  private before({ text }: GuidedAnswer, length: number): number {
    return this.tokensBefore(Math.max(0, text.length - length));
  }
}

/** Whether a point announces others ("Here are the points:") or says what one before it says. */
function isIdle(point: string, before: readonly string[]): boolean {
  if (!WORDS.test(point)) return false;
  if (/[:：]\s*$/u.test(point)) return true;
  const words = wordsOf(point);
  return before.some((other) => {
    const others = wordsOf(other);
    const fewer = Math.min(words.size, others.size);
    return fewer >= COMPARED && [...words].filter((word) => others.has(word)).length >= SAME * fewer;
  });
}

function wordsOf(text: string): Set<string> {
  let start = 0;
  const found = wordEnds(text).map((end) => {
    const word = text.slice(start, end).replace(/^[^\p{L}\p{N}]+/u, '');
    start = end;
    return word.toLowerCase();
  });
  return new Set(found);
}

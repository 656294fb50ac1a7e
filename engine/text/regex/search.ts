/**
 * Finds the matches of any expression in time that grows at most in proportion to the length of the text. The matches
 * are those of Oniguruma: the leftmost, and of those the preferred one.
 *
 * It tries alternatives in order and goes back where one fails. What makes it linear: a split is tried once at each
 * place of the text. Without references to groups, how a place was reached does not matter, so what failed there once
 * fails again; that holds for attempts from other starts too. (The same idea is RE2's `BitState`.)
 *
 * What looks ahead or behind, or is matched once, is matched by a search of its own. It remembers failures only, so an expression that looks
 * far from every place can still cost the square of the length: steps are counted, and above the budget the search
 * throws.
 */
import { fail } from '../../base/errors.ts';
import { OP, type RegexProgram } from './program.ts';

/** Steps that any text may take, and steps per UTF-16 unit. Published expressions take about ten a unit. */
export const REGEX_STEPS = { base: 100_000, perUnit: 256 } as const;
/** Places per block of memory. */
const BLOCK_BITS = 10;
const BLOCK = 2 ** BLOCK_BITS;
/** Bytes for places that were tried; memory is freed as matches are found, so real texts take some kB. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Where a match is: from `start`, inclusive, to `end`, exclusive, in UTF-16 units. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
}

/** Searches one text after the other. */
export class RegexSearch {
  /** Steps taken in the present text. */
  steps = 0;
  readonly #program: RegexProgram;
  readonly #who: string;
  readonly #words: number;
  #text = '';
  #most = 0;
  /** One bit per split and place: whether it was tried. */
  #blocks: (Uint32Array | undefined)[] = [];
  #free: Uint32Array[] = [];
  #used = 0;
  /** Blocks below this number were freed. */
  #released = 0;
  /** Alternatives that are left: pairs of instruction and place. */
  #stack = new Int32Array(256);
  #top = 0;
  /** Bits that the search within the search has set: pairs of place and split. */
  #trail: number[] | undefined;

  /** `who` names the expression's file in errors. */
  constructor(program: RegexProgram, who: string) {
    this.#program = program;
    this.#who = who;
    this.#words = Math.max(1, Math.ceil(program.splits / 32));
  }

  /** Starts with a text. */
  begin(text: string): void {
    this.#release(0, this.#blocks.length);
    this.#released = 0;
    this.#text = text;
    this.steps = 0;
    this.#most = REGEX_STEPS.base + REGEX_STEPS.perUnit * text.length;
  }

  /** The first match that starts at `from` or later. Throws `model-limit` above the budget. */
  find(from: number): RegexMatch | undefined {
    const text = this.#text;
    // What looks behind may come back to a place before; it then gets a new block.
    const block = from >> BLOCK_BITS;
    if (block > this.#released) this.#release(this.#released, block);
    this.#released = block;
    for (let start = from; start <= text.length; start++) {
      const end = this.#run(0, start);
      if (end >= 0) {
        // A split on the way to the match was tried here, but did not fail.
        this.#forget(end);
        return { start, end };
      }
      // An expression never starts inside of a pair of surrogates.
      if ((text.codePointAt(start) ?? 0) > 0xffff) start++;
    }
    return undefined;
  }

  /** Runs from an instruction and returns where the match ends, or -1. */
  #run(first: number, at: number): number {
    const { op, x, y, split, sets } = this.#program;
    const text = this.#text;
    const bottom = this.#top;
    let pc = first;
    let pos = at;
    for (;;) {
      if (++this.steps > this.#most) this.#tooMuch('steps', this.#most);
      let ok = false;
      switch (op[pc]) {
        case OP.set: {
          const code = text.codePointAt(pos);
          ok = code !== undefined && sets[x[pc] as number]!.has(code);
          if (ok) {
            pos += (code as number) > 0xffff ? 2 : 1;
            pc = y[pc] as number;
          }
          break;
        }
        case OP.setBefore: {
          const code = codePointBefore(text, pos);
          ok = code !== undefined && sets[x[pc] as number]!.has(code);
          if (ok) {
            pos -= (code as number) > 0xffff ? 2 : 1;
            pc = y[pc] as number;
          }
          break;
        }
        case OP.split:
          ok = this.#enter(pos, split[pc] as number);
          if (ok) {
            this.#push(y[pc] as number, pos);
            pc = x[pc] as number;
          }
          break;
        case OP.jump:
          ok = true;
          pc = x[pc] as number;
          break;
        case OP.look:
        case OP.lookNot:
          ok = this.#inside(x[pc] as number, pos) >= 0 === (op[pc] === OP.look);
          if (ok) pc = y[pc] as number;
          break;
        case OP.atomic: {
          const end = this.#inside(x[pc] as number, pos);
          ok = end >= 0;
          if (ok) {
            pos = end;
            pc = y[pc] as number;
          }
          break;
        }
        case OP.start:
        case OP.end:
          ok = pos === (op[pc] === OP.start ? 0 : text.length);
          if (ok) pc++;
          break;
        case OP.accept:
          this.#top = bottom;
          return pos;
        default:
          break;
      }
      if (ok) continue;
      if (this.#top === bottom) return -1;
      this.#top -= 2;
      pc = this.#stack[this.#top] as number;
      pos = this.#stack[this.#top + 1] as number;
    }
  }

  /** A search within the search; returns where the match ends, or -1. */
  #inside(first: number, pos: number): number {
    const outer = this.#trail;
    const trail: number[] = [];
    this.#trail = trail;
    const end = this.#run(first, pos);
    const found = end >= 0;
    this.#trail = outer;
    // Splits on the way to success did not fail; which ones these are is not known, so all are tried again.
    if (found)
      for (let i = 0; i < trail.length; i += 2) this.#unmark(trail[i] as number, trail[i + 1] as number);
    else if (outer !== undefined) for (const entry of trail) outer.push(entry);
    return end;
  }

  /** Marks a split as tried at a place; false if it was. */
  #enter(pos: number, split: number): boolean {
    const block = (this.#blocks[pos >> BLOCK_BITS] ??= this.#newBlock());
    const word = (pos & (BLOCK - 1)) * this.#words + (split >> 5);
    const bit = 1 << (split & 31);
    const bits = block[word] as number;
    if ((bits & bit) !== 0) return false;
    block[word] = bits | bit;
    this.#trail?.push(pos, split);
    return true;
  }

  #unmark(pos: number, split: number): void {
    const block = this.#blocks[pos >> BLOCK_BITS];
    const word = (pos & (BLOCK - 1)) * this.#words + (split >> 5);
    if (block !== undefined) block[word] = (block[word] as number) & ~(1 << (split & 31));
  }

  #forget(pos: number): void {
    const first = (pos & (BLOCK - 1)) * this.#words;
    this.#blocks[pos >> BLOCK_BITS]?.fill(0, first, first + this.#words);
  }

  #newBlock(): Uint32Array {
    const bytes = BLOCK * this.#words * 4;
    this.#used += bytes;
    if (this.#used > MAX_BYTES) this.#tooMuch('bytes', MAX_BYTES);
    return this.#free.pop() ?? new Uint32Array(BLOCK * this.#words);
  }

  /** Frees the blocks from number `first` to `end`, exclusive. */
  #release(first: number, end: number): void {
    for (let i = first; i < Math.min(end, this.#blocks.length); i++) {
      const block = this.#blocks[i];
      if (block === undefined) continue;
      this.#blocks[i] = undefined;
      this.#used -= block.byteLength;
      const places = this.#text.length + 1 - i * BLOCK;
      if (this.#free.length < 8) this.#free.push(block.fill(0, 0, places * this.#words));
    }
  }

  #push(pc: number, pos: number): void {
    if (this.#top + 2 > this.#stack.length) {
      const longer = new Int32Array(this.#stack.length * 2);
      longer.set(this.#stack);
      this.#stack = longer;
    }
    this.#stack[this.#top++] = pc;
    this.#stack[this.#top++] = pos;
  }

  #tooMuch(unit: string, most: number): never {
    this.#top = 0;
    this.#trail = undefined;
    fail('model-limit', {
      who: this.#who,
      message: 'a regular expression takes more work on this text than any known tokenizer needs',
      expected: `at most ${most} ${unit} for ${this.#text.length} characters`,
      got: 'more',
    });
  }
}

function codePointBefore(text: string, pos: number): number | undefined {
  if (pos === 0) return undefined;
  const whole = pos >= 2 ? (text.codePointAt(pos - 2) as number) : 0;
  return whole > 0xffff ? whole : text.charCodeAt(pos - 1);
}

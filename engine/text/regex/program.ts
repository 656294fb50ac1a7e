/**
 * Compiles a parsed expression to a list of instructions for `search.ts`, in the order of preference of Oniguruma:
 * the first alternative that leads to a match counts. Counted repetitions are written out.
 */
import { fail } from '../../base/errors.ts';
import { parseRegex, type RegexNode } from './parse.ts';

/** Operations. `x` and `y` are operands: instructions to go on at, or the number of a set. */
export const OP = {
  /** Goes on at `y` if a code point of set `x` follows. */
  set: 0,
  /** Goes on at `y` if a code point of set `x` precedes; for what looks behind. */
  setBefore: 1,
  /** Goes on at `x`, and at `y` if that fails. */
  split: 2,
  jump: 3,
  /** Goes on at `y` if the instructions from `x` match here. */
  look: 4,
  /** Goes on at `y` unless they do. */
  lookNot: 5,
  start: 6,
  end: 7,
  accept: 8,
  fail: 9,
  /** Goes on at `y`, where the match of the instructions from `x` ends. */
  atomic: 10,
} as const;

/** Published expressions have about 100. */
const MAX_INSTRUCTIONS = 8192;

/** A compiled expression. */
export interface RegexProgram {
  readonly op: Uint8Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** For each instruction its number among the splits. */
  readonly split: Int32Array;
  readonly splits: number;
  readonly sets: readonly CodePointSet[];
}

/** Compiles `source`; `who` names its file in errors. Throws as `parseRegex` does, and `model-limit`. */
export function compileRegex(source: string, who: string): RegexProgram {
  const compiler = new Compiler(who);
  compiler.add(parseRegex(source, who), false);
  return compiler.finish();
}

interface Instruction {
  readonly op: number;
  x: number;
  y: number;
}

class Compiler {
  readonly #who: string;
  readonly #code: Instruction[] = [];
  readonly #sets = new Map<string, { readonly number: number; readonly set: CodePointSet }>();

  constructor(who: string) {
    this.#who = who;
  }

  finish(): RegexProgram {
    this.#emit(OP.accept);
    const code = this.#code;
    let splits = 0;
    return {
      op: Uint8Array.from(code, ({ op }) => op),
      x: Int32Array.from(code, ({ x }) => x),
      y: Int32Array.from(code, ({ y }) => y),
      split: Int32Array.from(code, ({ op }) => (op === OP.split ? splits++ : 0)),
      splits,
      sets: [...this.#sets.values()].map(({ set }) => set),
    };
  }

  /** `back`: the text is read backwards. */
  add(node: RegexNode, back: boolean): void {
    if (node.kind === 'set') {
      this.#emit(back ? OP.setBefore : OP.set, this.#setOf(node.source, node.fold), this.#code.length + 1);
    } else if (node.kind === 'edge') this.#emit(node.edge === 'start' ? OP.start : OP.end);
    else if (node.kind === 'choice') this.#addChoice(node.nodes, back);
    else if (node.kind === 'repeat') this.#addRepeat(node, back);
    else if (node.kind === 'sequence') {
      for (const each of back ? node.nodes.toReversed() : node.nodes) this.add(each, back);
    } else if (node.kind === 'atomic') {
      const atomic = this.#emit(OP.atomic, this.#code.length + 1);
      this.add(node.node, back);
      this.#emit(OP.accept);
      atomic.y = this.#code.length;
    } else {
      const look = this.#emit(node.negated ? OP.lookNot : OP.look, this.#code.length + 1);
      this.add(node.node, node.behind);
      this.#emit(OP.accept);
      look.y = this.#code.length;
    }
  }

  #emit(op: number, x = 0, y = 0): Instruction {
    if (this.#code.length >= MAX_INSTRUCTIONS) tooLarge(this.#who);
    const instruction = { op, x, y };
    this.#code.push(instruction);
    return instruction;
  }

  #setOf(source: string, fold: boolean): number {
    const key = fold ? `${source} without case` : source;
    const known = this.#sets.get(key);
    if (known !== undefined) return known.number;
    const number = this.#sets.size;
    this.#sets.set(key, { number, set: codePointSet(source, fold, this.#who) });
    return number;
  }

  #addChoice(nodes: readonly RegexNode[], back: boolean): void {
    const jumps: Instruction[] = [];
    for (const [i, node] of nodes.entries()) {
      if (i === nodes.length - 1) this.add(node, back);
      else {
        const split = this.#emit(OP.split, this.#code.length + 1);
        this.add(node, back);
        jumps.push(this.#emit(OP.jump));
        split.y = this.#code.length;
      }
    }
    for (const jump of jumps) jump.x = this.#code.length;
  }

  #addRepeat({ node, min, max, lazy }: Extract<RegexNode, { kind: 'repeat' }>, back: boolean): void {
    const endless = max === Number.POSITIVE_INFINITY;
    if (min + (endless ? 1 : max - min) > MAX_INSTRUCTIONS) tooLarge(this.#who);
    for (let i = 0; i < min; i++) this.add(node, back);
    const enters: { readonly split: Instruction; readonly body: number }[] = [];
    if (hasEmptyAtom(node) && mayBeEmpty(node) && max > min) {
      fail('tokenizer-damaged', {
        who: this.#who,
        message: 'this regular expression is not supported',
        expected: 'repeated groups in which what is matched once is not empty',
        got: 'one that may be empty',
      });
    }
    for (let i = min; i < (endless ? min + 1 : max); i++) {
      const at = this.#code.length;
      enters.push({ split: this.#emit(OP.split), body: at + 1 });
      if (mayBeEmpty(node)) this.#addNotEmpty(node, back);
      else this.add(node, back);
      if (endless) this.#emit(OP.jump, at);
    }
    const after = this.#code.length;
    for (const { split, body } of enters)
      Object.assign(split, lazy ? { x: after, y: body } : { x: body, y: after });
  }

  /**
   * A repetition that matches nothing fails, and its next alternative is tried. So the body is written twice: the first
   * copy is used until something is read, and fails at its end; each of its sets goes on in the second.
   */
  #addNotEmpty(node: RegexNode, back: boolean): void {
    const code = this.#code;
    const first = code.length;
    this.add(node, back);
    const length = code.length - first;
    this.#emit(OP.fail);
    const second = code.length;
    this.add(node, back);
    for (let i = 0; i < length; i++) {
      const instruction = code[first + i] as Instruction;
      const { op, y } = instruction;
      const reads = op === OP.set || op === OP.setBefore || op === OP.atomic;
      if (reads) instruction.y = (code[second + i] as Instruction).y;
      // What looks ahead or behind reads nothing; what is matched once ends within its own instructions.
      if (op === OP.look || op === OP.lookNot || op === OP.atomic) i = y - first - 1;
    }
  }
}

function mayBeEmpty(node: RegexNode): boolean {
  if (node.kind === 'set') return false;
  if (node.kind === 'sequence') return node.nodes.every(mayBeEmpty);
  if (node.kind === 'choice') return node.nodes.some(mayBeEmpty);
  if (node.kind === 'atomic') return mayBeEmpty(node.node);
  return node.kind !== 'repeat' || node.min === 0 || mayBeEmpty(node.node);
}

/** Whether something that is matched once may be empty; what looks ahead or behind is left out. */
function hasEmptyAtom(node: RegexNode): boolean {
  if (node.kind === 'sequence' || node.kind === 'choice') return node.nodes.some(hasEmptyAtom);
  if (node.kind === 'repeat') return hasEmptyAtom(node.node);
  return node.kind === 'atomic' && mayBeEmpty(node);
}

/** A set of code points. */
export interface CodePointSet {
  has(codePoint: number): boolean;
}

/** Code points whose membership is kept in a table. */
const TABLE = 0x3100;

/** The set that `source` matches, tried with the platform's matcher on one code point at a time. */
function codePointSet(source: string, fold: boolean, who: string): CodePointSet {
  const single = source.codePointAt(0) as number;
  if (source.length === String.fromCodePoint(single).length)
    return { has: (codePoint) => codePoint === single };
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`, fold ? 'iv' : 'v');
  } catch (cause) {
    const got = source.slice(0, 80);
    return fail('tokenizer-damaged', { who, message: 'this set of characters is damaged', got, cause });
  }
  const test = (codePoint: number) => expression.test(String.fromCodePoint(codePoint));
  /** 0: not tried yet, 1: no, 2: yes. */
  const low = new Uint8Array(TABLE);
  const high = new Map<number, boolean>();
  return {
    has(codePoint) {
      if (codePoint < TABLE) {
        const known = low[codePoint] as number;
        if (known !== 0) return known === 2;
        const is = test(codePoint);
        low[codePoint] = is ? 2 : 1;
        return is;
      }
      let is = high.get(codePoint);
      if (is === undefined) {
        is = test(codePoint);
        high.set(codePoint, is);
      }
      return is;
    },
  };
}

function tooLarge(who: string): never {
  fail('model-limit', {
    who,
    message: 'a regular expression is larger than any known tokenizer needs',
    expected: `at most ${MAX_INSTRUCTIONS} steps, repetitions written out`,
    got: 'more',
  });
}

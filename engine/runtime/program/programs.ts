/**
 * The programs of one model, by ranges of S: one token, a few, many. All are compiled from one graph, each on first
 * use, or when an answer has begun.
 */
import { fail } from '../../base/errors.ts';
import type { LengthRange } from './select-kernels.ts';
import type { Program } from './program.ts';

/** Most rows of the kernels for few rows (kernels/matmul.ts). */
const FEW = 8;

export interface Programs {
  /** The program for S = s. */
  get(s: number): Promise<Program>;
  /**
   * Begins to compile the programs that nobody has asked for. Their GPU objects are created before this returns; who needs
   * one waits in {@link get}, and receives its error there.
   */
  rest(): void;
  /** The compiled programs, shortest first. */
  made(): readonly Program[];
  destroy(): void;
}

/** 1, 2…8, 9…longest, without empty ranges. */
export function rangesOf(longest: number): LengthRange[] {
  const all = [
    { min: 1, max: 1 },
    { min: 2, max: Math.min(FEW, longest) },
    { min: FEW + 1, max: longest },
  ];
  return all.filter(({ min, max }) => min <= max);
}

/**
 * Rows of the next chunk of a prompt of which `left` remain, at most `most`. A last chunk of a few rows would need the
 * pipelines of another program, so the one before leaves it more.
 */
export function chunkRows(left: number, most: number): number {
  const rest = left - most;
  return rest > 0 && rest <= FEW && most > 2 * FEW ? left - (FEW + 1) : Math.min(left, most);
}

export function programsFor(longest: number, compile: (range: LengthRange) => Promise<Program>): Programs {
  const ranges = rangesOf(longest);
  const making = new Map<LengthRange, Promise<Program>>();
  const made: Program[] = [];
  let over = false;
  let complete = false;
  const start = (range: LengthRange): Promise<Program> => {
    const known = making.get(range);
    if (known !== undefined) return known;
    const promise = compile(range).then((program) => {
      if (over) program.destroy();
      else made.push(program);
      return program;
    });
    making.set(range, promise);
    return promise;
  };
  return {
    get(s) {
      const range = ranges.find(({ min, max }) => min <= s && s <= max);
      if (range === undefined) {
        fail('internal', {
          who: 'programs',
          message: 'no program for so many tokens',
          expected: `1…${longest}`,
          got: s,
        });
      }
      return start(range);
    },
    rest() {
      if (!complete) for (const range of ranges) start(range).catch(() => {});
      complete = true;
    },
    made: () => made.toSorted((a, b) => a.range.min - b.range.min),
    destroy() {
      over = true;
      for (const program of made.splice(0)) program.destroy();
    },
  };
}

/**
 * The programs of one model, by ranges of S: one token, a few, many. All are made from one graph, each on first use, or
 * when an answer has begun.
 */
import { fail } from '../../base/errors.ts';
import type { LengthRange } from './select-kernels.ts';
import type { Program } from './program.ts';

/** Most rows of the kernels for few rows (kernels/matmul.ts). */
const FEW = 8;

export interface Programs {
  /** The program for S = s. Throws as `openProgram` does. */
  get(s: number): Program;
  /** Opens the programs that nobody has asked for; their errors are for who asks. */
  rest(): void;
  /** The open programs, shortest first. */
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

export function programsFor(longest: number, open: (range: LengthRange) => Program): Programs {
  const ranges = rangesOf(longest);
  const made = new Map<LengthRange, Program>();
  let complete = false;
  const opened = (range: LengthRange): Program => {
    const program = made.get(range) ?? open(range);
    made.set(range, program);
    return program;
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
      return opened(range);
    },
    rest() {
      if (complete) return;
      complete = true;
      for (const range of ranges) {
        try {
          opened(range);
        } catch {
          // Whoever asks for it receives the error.
        }
      }
    },
    made: () => [...made.values()].toSorted((a, b) => a.range.min - b.range.min),
    destroy() {
      for (const program of made.values()) program.destroy();
    },
  };
}

/** For tests: a model that says what a script tells it, under a guide as the engine obeys it. */
import type { Guide } from '../../../engine/index.ts';

/** Most tokens of an answer. */
const MOST = 400;

export interface ScriptedAnswer {
  readonly text: string;
  readonly stop: 'end' | 'guide' | 'length';
  readonly rewinds: number;
  /** Number of tokens after which a guide did the first time anything but leave the choice free. */
  readonly firstStep: number;
}

/** A vocabulary of words with the blank before them, signs and line breaks, which grows as texts are encoded. */
export function scriptedModel() {
  const pieces: string[] = [];
  const encode = (text: string): number[] =>
    (text.match(/\n|\s?[\p{L}\p{N}'’]+|\s?[^\s\p{L}\p{N}]|\s/gu) ?? []).map((piece) => {
      const known = pieces.indexOf(piece);
      return known < 0 ? pieces.push(piece) - 1 : known;
    });
  const decode = (ids: readonly number[]): string => ids.map((id) => pieces[id]).join('');
  return {
    encode,
    decode,
    /**
     * The answer of a model that wants to write the first of `wants` that continues what is written, and the next one
     * where a guide does not let it. It ends where no want continues.
     */
    answer(guide: Guide, wants: readonly string[]): ScriptedAnswer {
      const wanted = wants.map((want) => encode(want));
      const ids: number[] = [];
      let rewinds = 0;
      let firstStep = -1;
      const result = (stop: ScriptedAnswer['stop']) => ({ text: decode(ids), stop, rewinds, firstStep });
      for (let turns = 0; ids.length < MOST && turns < 4 * MOST; turns++) {
        const step = guide.next({ ids, text: decode(ids) });
        if (step !== 'free' && firstStep < 0) firstStep = ids.length;
        if (step === 'end') return result('guide');
        if (step !== 'free' && 'force' in step) ids.push(...step.force);
        else if (step !== 'free' && 'rewind' in step) {
          rewinds++;
          ids.length = step.rewind;
        } else {
          const may = (id: number) =>
            step === 'free' || ('ban' in step ? !step.ban.includes(id) : step.allow.includes(id));
          const next = wanted
            .filter((want) => ids.every((id, i) => want[i] === id))
            .map((want) => want[ids.length])
            .find((id) => id !== undefined && may(id));
          if (next === undefined) return result('end');
          ids.push(next);
        }
      }
      return result('length');
    },
  };
}

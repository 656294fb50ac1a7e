/**
 * Where an answer ends by its text alone: for models whose tokens cannot be chosen, as on a server. The form is kept as far
 * as that goes: no more points, lines or sentences than asked for, and no circles. Pure.
 */
import { keyPoints } from '../../../text/key-points.ts';
import { sentences } from '../../../text/sentences.ts';
import { isLabel } from '../../../text/strip-label.ts';
import type { TextLimit } from '../../answerer/answerer.ts';
import type { AnswerForm } from '../../prompts/task-profile.ts';
import { cycleOf, NOTICED } from '../loop-guide.ts';

const BULLETED = /^\s*(?:[-*•+–—]|\d{1,2}[.)])\s/mu;
const ANNOUNCES = /[:：]\s*$/u;
/** A word with the space after it, or one character of a script without spaces between words. */
const UNIT =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\s*|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+\s*/gu;
/** Characters at the end in which a circle is looked for: longer than two of the longest. */
const TAIL = 1500;

/** The limit of an answer of this form. */
export function textLimit(form: AnswerForm): TextLimit {
  const ofForm = limitOf(form);
  return (text) => ofForm(text) ?? circleIn(text);
}

function limitOf(form: AnswerForm): TextLimit {
  switch (form.kind) {
    case 'list':
      return (text) => listEnd(text, form.points);
    case 'line':
      return lineEnd;
    case 'sentences':
      return (text) => sentencesEnd(text, form.count);
    default:
      return () => undefined;
  }
}

/** The end of the last point that is asked for, once its line has ended. */
function listEnd(text: string, most: number): number | undefined {
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    const lines = text.slice(0, end);
    const points = BULLETED.test(lines) ? keyPoints(lines) : looseLines(lines);
    if (points.length >= most) return end;
  }
  return undefined;
}

const looseLines = (text: string): string[] =>
  text.split('\n').filter((line) => /[\p{L}\p{N}]/u.test(line) && !ANNOUNCES.test(line) && !isLabel(line));

/** The end of the first line that is no label. */
function lineEnd(text: string): number | undefined {
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
    if (looseLines(text.slice(0, end)).length > 0) return end;
  return undefined;
}

/** That a sentence has ended is known when the next one begins. */
function sentencesEnd(text: string, most: number): number | undefined {
  const found = sentences(text);
  return found.length > most ? found[most - 1]!.end : undefined;
}

/** Where the first copy of what is said again and again ends, cut back to a whole sentence. */
function circleIn(text: string): number | undefined {
  const from = Math.max(0, text.length - TAIL);
  const units = [...text.slice(from).matchAll(UNIT)];
  // The last one may still grow.
  units.pop();
  const known = new Map<string, number>();
  const ids = units.map(([unit]) => {
    const word = unit.trim();
    if (!known.has(word)) known.set(word, known.size);
    return known.get(word)!;
  });
  if (cycleOf(ids) === undefined) return undefined;
  const once = from + units[units.length - NOTICED]!.index;
  const whole = sentences(text.slice(0, once)).findLast((sentence) =>
    /[.!?…。！？؟]["'”’»)]*\s*$/u.test(sentence.text),
  );
  return whole?.end ?? once;
}

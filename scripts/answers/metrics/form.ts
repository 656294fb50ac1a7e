/**
 * Whether an answer has the form that was asked for, as the model wrote it and before anything repairs it. Pure.
 *
 *     key-points   a list of at most 5 points, each of at most 40 words and ended, none twice
 *     tldr         one sentence on one line
 *     headline     one line of at most 12 words
 *     translation  as many lines as the text: one
 *     question     any text
 */
import { sentences } from '../../../app/text/sentences.ts';
import { wordsOf } from '../../testing/word-score.ts';

export type AskedForm = 'key-points' | 'tldr' | 'headline' | 'translation' | 'question';

const POINTS = 5;
const POINT_WORDS = 40;
const HEADLINE_WORDS = 12;
const BULLET = /^(?:[-*•‣–]|\d{1,2}[.)])\s+(?=\S)/u;
const ENDED = /[.!?…。！？؟।:;"”’»」』)\]）\p{L}\p{N}%]$/u;

export function keepsForm(answer: string, form: AskedForm): boolean {
  const text = answer.trim();
  if (text === '') return false;
  const lines = text.split('\n').map((line) => line.trim());
  if (form === 'question') return true;
  if (form === 'key-points') return isList(lines.filter((line) => line !== ''));
  if (lines.length > 1) return false;
  if (form === 'translation') return true;
  if (form === 'headline') return wordsOf(text).length <= HEADLINE_WORDS;
  return !BULLET.test(text) && sentences(text).length === 1 && /[.!?…。！？؟।]["”’»」』)\]）]*$/u.test(text);
}

function isList(lines: readonly string[]): boolean {
  const points = lines.map((line) => line.replace(BULLET, ''));
  const keys = new Set(points.map((point) => wordsOf(point).join(' ')));
  return (
    lines.every((line) => BULLET.test(line)) &&
    lines.length <= POINTS &&
    keys.size === lines.length &&
    points.every((point) => wordsOf(point).length <= POINT_WORDS && ENDED.test(point))
  );
}

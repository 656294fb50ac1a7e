/**
 * Asks for a text line by line: small models join lines, and a person sees them apart. Lines that are only broken because
 * they are full belong together. Of JSON only the values with words are asked for.
 */
import { hasMarks, readMarks } from '../../../text/marks.ts';
import { reflowed } from '../../../text/translated/reflow.ts';
import { sayWords } from '../../dom/paragraphs.ts';
import type { ParagraphOutcome } from '../options.ts';

/** Translates one line; undefined if it was stopped. `onText` receives the text so far. */
type AskLine = (line: string, onText: (text: string) => void) => Promise<ParagraphOutcome | undefined>;

/** What stays as it is, or what is asked for. */
interface Piece {
  readonly before: string;
  readonly words: string;
  /** Makes of the answer what stands in the text. */
  shown(answer: string): string;
}

/** Signs of quotations and of lists at the beginning of a line, and white space. */
const SIGNS = /^(?:\s|[>|*•‣·–—+-](?=\s|>)|\d{1,3}[.)]\s)*/u;
/** Characters from which a line may be full. */
const FULL = 40;
const SENTENCE_END = /[.!?:;。！？…]["'”’)\]]*\s*$/u;
const JSON_TEXT = /("(?:[^"\\]|\\.)*")(\s*:)?/g;

export async function askByLines(
  source: string,
  ask: AskLine,
  onText: (text: string) => void,
  json: boolean,
): Promise<ParagraphOutcome | undefined> {
  const pieces = json ? valuesOf(source) : piecesOf(source);
  if (pieces === undefined) return ask(source, onText);
  let text = '';
  const notes = new Set<string>();
  for (const { before, words, shown } of pieces) {
    text += before;
    if (words === '') continue;
    const soFar = text;
    const outcome = sayWords(words)
      ? await ask(words, (more) => onText(soFar + shown(more)))
      : { text: words, note: '' };
    if (outcome === undefined) return undefined;
    text += shown(outcome.text);
    if (outcome.note !== '') notes.add(outcome.note);
  }
  return { text, note: [...notes].join(' · ') };
}

/** Undefined if there is one line only, or marks around several. */
function piecesOf(source: string): Piece[] | undefined {
  const lines = source.split('\n');
  if (lines.length < 2) return undefined;
  if (hasMarks(source) && lines.some((line) => readMarks(line) === undefined)) return undefined;
  const pieces: Piece[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at + 1;
    while (end < lines.length && goesOn(lines[end - 1]!, lines[end]!)) end++;
    const group = lines.slice(at, end);
    const signs = SIGNS.exec(group[0]!)![0];
    const words = [group[0]!.slice(signs.length), ...group.slice(1)].map((line) => line.trim()).join(' ');
    const shown = (answer: string) =>
      group.length === 1 ? answer.replace(/\s*\n\s*/g, ' ') : reflowed(answer, group).join('\n');
    pieces.push({ before: (at > 0 ? '\n' : '') + signs, words: words.trimEnd(), shown });
    at = end;
  }
  return pieces;
}

/** Whether a line was broken because it was full. */
function goesOn(line: string, next: string): boolean {
  return line.trim().length >= FULL && !SENTENCE_END.test(line) && /^\s*\p{Ll}/u.test(next);
}

function valuesOf(source: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { index, 1: literal = '', 2: colon } of source.matchAll(JSON_TEXT)) {
    const value = colon === undefined ? textIn(literal) : undefined;
    if (value === undefined || !/\s/.test(value.trim()) || !sayWords(value)) continue;
    const shown = (answer: string) => JSON.stringify(answer);
    pieces.push({ before: source.slice(end, index), words: value, shown });
    end = index + literal.length;
  }
  pieces.push({ before: source.slice(end), words: '', shown: String });
  return pieces;
}

function textIn(literal: string): string | undefined {
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}

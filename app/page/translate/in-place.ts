/**
 * Says what each text node of a paragraph shows while the paragraph is translated in place. The page's own elements stay
 * where they are, with their listeners, and get the words of their mark. Text for which the page has no node is put into
 * an element of Linnet's.
 */
import { keepsMarks, withoutMarks } from '../../text/marks.ts';
import { guessedBetween, type Tag, textsBetween } from '../../text/translated/place-marks.ts';
import { reflowed } from '../../text/translated/reflow.ts';
import type { Encoded, TextToken } from '../dom/inline/inline-marks.ts';
import { textOf } from '../dom/masks.ts';

/** Text for which there is no node: at the beginning of an element, or after a node. */
interface Insertion {
  readonly where: 'in' | 'after' | 'before';
  readonly node: Node;
  readonly text: string;
}

export interface InPlace {
  readonly texts: ReadonlyMap<Text, string>;
  readonly insertions: readonly Insertion[];
  /** Elements that had words and have none in the translation. */
  readonly emptied: readonly Element[];
}

/** Undefined if the answer has the marks in another order: then copies of the elements are shown. `nodes`: the paragraph. */
export function inPlace(encoded: Encoded, nodes: readonly Node[], answer: string): InPlace | undefined {
  const { tags, runs } = partsOf(encoded);
  const between = textsOf(encoded, tags, answer);
  if (between === undefined) return undefined;
  const texts = new Map<Text, string>();
  const insertions: Insertion[] = [];
  for (const [index, text] of between.entries()) {
    const edges = { first: index === 0, last: index === between.length - 1 };
    const rest = fill({ run: runs[index]!, text, verbatim: encoded.verbatim, ...edges }, texts);
    if (rest.trim() !== '') insertions.push({ ...placeAfter(tags[index - 1], encoded, nodes), text: rest });
  }
  return { texts, insertions, emptied: emptiedBy(encoded, tags, between) };
}

function textsOf({ marked, plain }: Encoded, tags: readonly Tag[], answer: string): string[] | undefined {
  if (marked !== undefined && keepsMarks(marked, answer)) return textsBetween(tags, answer);
  const bare = marked === undefined ? answer.trim() : withoutMarks(answer).trim();
  return tags.length === 0 ? [bare] : guessedBetween(tags, plain, bare);
}

/** The marks, and the texts and line breaks before, between and after them. */
interface Parts {
  readonly tags: readonly Tag[];
  readonly runs: readonly Run[];
}
type Run = Extract<TextToken, { kind: 'text' | 'break' }>[];

function partsOf({ tokens, marks }: Encoded): Parts {
  const lengths = tokens.map((token) => {
    if (token.kind === 'text') return textOf(token.node).replace(/\s+/g, ' ').length;
    return token.kind === 'fixed' ? marks.get(token.id)!.text.length : 0;
  });
  const total = Math.max(
    1,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  const tags: Tag[] = [];
  const runs: Run[] = [[]];
  let before = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'text' || token.kind === 'break') runs.at(-1)!.push(token);
    else {
      tags.push({ ...token, share: before / total, text: marks.get(token.id)!.text });
      runs.push([]);
    }
    before += lengths[index]!;
  }
  return { tags, runs };
}

/** A line of a text node, or the whole of it. */
interface Chunk {
  readonly node: Text;
  readonly index: number;
  readonly original: string;
}

interface Filling {
  readonly run: Run;
  readonly text: string;
  readonly verbatim: boolean;
  /** Whether the text begins, or ends, the paragraph. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Distributes a text over the nodes of a run; returns what found no node. */
function fill({ run, text, verbatim, first, last }: Filling, texts: Map<Text, string>): string {
  const lines = linesOf(run, verbatim);
  const used = withoutBlankEdges(lines, text);
  const chunks = used.flat();
  if (chunks.length === 0) return text;
  if (text.trim() === '' && chunks.every(isBlank)) return '';
  const wanted = fitted(text, used.map(wordsOfLine));
  const shown = new Map<Text, string[]>();
  for (const { node, original } of lines.flat()) shown.set(node, [...(shown.get(node) ?? []), original]);
  for (const [index, line] of used.entries()) {
    const holder = line.find((chunk) => !isBlank(chunk)) ?? line[0];
    const ends = { start: first || index > 0, end: last || index < used.length - 1 };
    for (const chunk of line)
      shown.get(chunk.node)![chunk.index] =
        chunk === holder ? dressed(chunk.original, wanted[index]!, ends) : '';
  }
  for (const [node, pieces] of shown) texts.set(node, pieces.join('\n'));
  return '';
}

const isBlank = ({ original }: Chunk): boolean => original.trim() === '';
const wordsOfLine = (line: readonly Chunk[]): string => line.map(({ original }) => original).join('');

/** Empty lines at either end are not part of the text. */
function withoutBlankEdges(lines: readonly Chunk[][], text: string): readonly Chunk[][] {
  let [start, end] = [0, lines.length];
  const [opens, closes] = [/^\s*\n/.test(text), /\n\s*$/.test(text)];
  while (!opens && start < end - 1 && lines[start]!.every(isBlank)) start++;
  while (!closes && end > start + 1 && lines[end - 1]!.every(isBlank)) end--;
  return lines.slice(start, end);
}

function linesOf(run: Run, verbatim: boolean): Chunk[][] {
  const lines: Chunk[][] = [[]];
  for (const token of run) {
    if (token.kind === 'break') {
      lines.push([]);
      continue;
    }
    const { node } = token;
    for (const [index, original] of (verbatim ? textOf(node).split('\n') : [textOf(node)]).entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)!.push({ node, index, original });
    }
  }
  return lines;
}

/** As many lines as the original has. */
function fitted(text: string, originals: readonly string[]): string[] {
  const lines = text.split('\n');
  return lines.length === originals.length ? lines : reflowed(text, originals);
}

/** With the white space of the original around it, which the page may show or not. `ends`: of a line. */
function dressed(original: string, text: string, ends: { start: boolean; end: boolean }): string {
  const [lead, trail] = [/^\s*/.exec(original)![0], /\s*$/.exec(original)![0]];
  if (text.trim() === '') return text === '' ? '' : lead || ' ';
  const before = /^\s/.test(text) ? lead || ' ' : ends.start ? lead : '';
  const after = /\s$/.test(text) ? trail || ' ' : ends.end ? trail : '';
  return before + text.trim() + after;
}

function placeAfter(
  tag: Tag | undefined,
  { marks, wrappers }: Encoded,
  nodes: readonly Node[],
): Omit<Insertion, 'text'> {
  const inner = wrappers.at(-1);
  if (tag === undefined)
    return inner === undefined ? { where: 'before', node: nodes[0]! } : { where: 'in', node: inner };
  const { chain } = marks.get(tag.id)!;
  return tag.kind === 'open' ? { where: 'in', node: chain.at(-1)! } : { where: 'after', node: chain[0] };
}

function emptiedBy({ marks }: Encoded, tags: readonly Tag[], between: readonly string[]): Element[] {
  const emptied: Element[] = [];
  for (const [index, { kind, id, text }] of tags.entries()) {
    if (kind !== 'open' || text === '') continue;
    const close = tags.findIndex((tag, at) => at > index && tag.kind === 'close' && tag.id === id);
    const inside = tags.slice(index + 1, close);
    const isEmpty = between.slice(index + 1, close + 1).every((words) => words.trim() === '');
    if (isEmpty && inside.every((tag) => tag.kind !== 'fixed')) emptied.push(marks.get(id)!.chain[0]);
  }
  return emptied;
}

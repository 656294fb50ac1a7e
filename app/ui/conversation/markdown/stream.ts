/**
 * Reads a text in Markdown while it grows. Finished parts are read once; the last part is read again when it has grown by
 * a sixteenth, and what was added since is shown as it is. So the characters that are read grow with the text and not with
 * its square, also for one endless line.
 */
import { blocksOf } from './blocks.ts';
import { LineCutter } from './cut.ts';
import { closesFence, fenceAt } from './lines.ts';
import type { MarkdownBlock } from './tree.ts';

/** A piece of the text that changes as a whole. */
export interface MarkdownPart {
  readonly source: string;
  readonly blocks: readonly MarkdownBlock[];
  /** Its first block goes on with the list at the end of the part before. */
  readonly joins: boolean;
  /** The end of the part, not read yet. */
  readonly rest: string;
}

/** Characters that are read as Markdown, and parts; what follows is plain text. */
export const MOST_CHARACTERS = 100_000;
export const MOST_PARTS = 2000;

/** A last part shorter than this is read again with each change. */
const SHORT = 2000;
/** A longer one when it has grown by this share. */
const GROWN = 1 / 16;
/** Characters of a line that tell what it begins. */
const BEGINNING = 64;

export class MarkdownStream {
  /** Characters read so far, counting those that were read again. */
  characters = 0;
  private readonly readBlocks: (source: string) => MarkdownBlock[];
  private text = '';
  private cutter = new LineCutter();
  private parts: MarkdownPart[] = [];
  /** Where the last part begins, and the first line that is not whole. */
  private from = 0;
  private at = 0;
  private joins = false;
  /** The parts made last beyond the finished ones. */
  private last: readonly MarkdownPart[] = [];

  constructor(readBlocks: (source: string) => MarkdownBlock[] = blocksOf) {
    this.readBlocks = readBlocks;
  }

  /** The parts of the text, in order; a part that has not changed is the same object. `growing`: more will follow. */
  read(text: string, growing: boolean): readonly MarkdownPart[] {
    if (!text.startsWith(this.text)) this.restart();
    this.text = text;
    this.readLines();
    this.last = this.isFull ? [this.plain(text.slice(this.from))] : this.readEnd(growing);
    return [...this.parts, ...this.last];
  }

  private restart(): void {
    this.cutter = new LineCutter();
    this.parts = [];
    this.last = [];
    this.from = 0;
    this.at = 0;
    this.joins = false;
  }

  private get isFull(): boolean {
    return (
      this.parts.length >= MOST_PARTS ||
      this.from >= MOST_CHARACTERS ||
      this.at - this.from >= MOST_CHARACTERS
    );
  }

  private readLines(): void {
    for (let end = this.nextEnd(); end >= 0 && !this.isFull; end = this.nextEnd()) {
      const { cut, joins } = this.cutter.read(this.text.slice(this.at, end));
      if (cut && this.at > this.from) this.finish(this.at, joins);
      this.at = end + 1;
    }
  }

  private nextEnd(): number {
    return this.text.indexOf('\n', this.at);
  }

  private finish(end: number, joins: boolean): void {
    this.parts.push(this.whole(this.from, end, this.joins));
    this.from = end;
    this.joins = joins;
  }

  /** The parts after the finished ones: two where the line that is being written begins a block. */
  private readEnd(growing: boolean): readonly MarkdownPart[] {
    const { text, from, at } = this;
    // What a line begins is in its beginning, which does not grow.
    const line = text.slice(at, at + BEGINNING);
    const told = !growing || isTelling(line);
    const { cut, joins } = told ? new LineCutter(this.cutter).read(line) : { cut: false, joins: false };
    if (!cut || at === from) return from === text.length ? [] : [this.end(from, this.joins, growing)];
    return [this.whole(from, at, this.joins), this.end(at, joins, growing)];
  }

  /** A part that does not grow. */
  private whole(from: number, end: number, joins: boolean): MarkdownPart {
    const source = this.text.slice(from, end);
    const known = this.last.find(
      (part) => part.source === source && part.joins === joins && part.rest === '',
    );
    return known ?? { source, blocks: this.blocks(source), joins, rest: '' };
  }

  /** The part that grows. */
  private end(from: number, joins: boolean, growing: boolean): MarkdownPart {
    const source = this.text.slice(from);
    if (source.length > MOST_CHARACTERS) return this.plain(source);
    if (!growing) return this.whole(from, this.text.length, joins);
    const code = this.cutter.inCode && from === this.from ? codeOf(source) : undefined;
    if (code !== undefined) return { source, blocks: [code], joins, rest: '' };
    const before = this.last.at(-1);
    if (before !== undefined && before.joins === joins && source.startsWith(before.source)) {
      const read = before.source.length - before.rest.length;
      if (source === before.source) return before;
      if (source.length >= SHORT && source.length < read * (1 + GROWN))
        return { ...before, source, rest: source.slice(read) };
    }
    return { source, blocks: this.blocks(source), joins, rest: '' };
  }

  /** A text that cannot be read is shown as it is. */
  private blocks(source: string): readonly MarkdownBlock[] {
    this.characters += source.length;
    try {
      return this.readBlocks(source);
    } catch {
      return [{ kind: 'plain', text: source }];
    }
  }

  private plain(source: string): MarkdownPart {
    const [before] = this.last;
    if (before?.source === source) return before;
    return { source, blocks: [{ kind: 'plain', text: source.trim() }], joins: false, rest: '' };
  }
}

/** Whether the beginning of a line shows already what it will be: `-` may become a rule, `1` a number of an item. */
const isTelling = (line: string): boolean => line.length > 3 && /[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(line);

/** Code whose fence is open, without reading its lines. */
function codeOf(source: string): MarkdownBlock | undefined {
  const first = source.indexOf('\n');
  const fence = first < 0 || source.startsWith(' ') ? undefined : fenceAt(source.slice(0, first));
  if (fence === undefined) return undefined;
  const last = source.lastIndexOf('\n') + 1;
  const end = closesFence(source.slice(last), fence.mark) ? last - 1 : source.length;
  return {
    kind: 'code',
    info: fence.info,
    text: source.slice(first + 1, Math.max(first + 1, end)).replace(/\n$/, ''),
  };
}

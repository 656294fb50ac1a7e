/** Cuts Markdown into blocks: makes a tree of the tokens of markdown-it (block-rules.ts). Pure. */
import type { Token } from 'markdown-it';
import { blockTokens, tables } from './block-rules.ts';
import type { ListItem, MarkdownBlock } from './tree.ts';

export const blocksOf = (text: string): MarkdownBlock[] => new BlockTokens(blockTokens(text)).until();

/** Tokens that are read in order. They are nested at most `DEEPEST` times. */
class BlockTokens {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The blocks before the next token of a type, or before the end. */
  until(end?: string): MarkdownBlock[] {
    const blocks: MarkdownBlock[] = [];
    for (let token = this.next(); token !== undefined && token.type !== end; token = this.next())
      blocks.push(this.block(token));
    return blocks;
  }

  private next(): Token | undefined {
    return this.tokens[this.at++];
  }

  private skipTo(type: string): void {
    while (this.at < this.tokens.length && this.tokens[this.at++]!.type !== type);
  }

  private block(token: Token): MarkdownBlock {
    switch (token.type) {
      case 'paragraph_open':
        return { kind: 'paragraph', text: this.text('paragraph_close') };
      case 'heading_open':
        return { kind: 'heading', level: Number(token.tag.slice(1)), text: this.text('heading_close') };
      case 'fence':
      case 'code_block':
        return { kind: 'code', info: token.info.trim(), text: token.content.replace(/\n$/, '') };
      case 'blockquote_open':
        return { kind: 'quote', blocks: this.until('blockquote_close') };
      case 'bullet_list_open':
        return { kind: 'list', ordered: false, items: this.items('bullet_list_close') };
      case 'ordered_list_open':
        return { kind: 'list', ordered: true, items: this.items('ordered_list_close') };
      case 'table_open':
        this.skipTo('table_close');
        return { kind: 'table', ...(tables.get(token) ?? { align: [], header: [], rows: [] }) };
      case 'formula':
        return { kind: 'formula', tex: token.content, source: token.markup };
      case 'hr':
        return { kind: 'rule' };
      default:
        return { kind: 'plain', text: token.content };
    }
  }

  /** The text of a block, which is one token, and its end. */
  private text(end: string): string {
    const text = this.tokens[this.at]?.content ?? '';
    this.skipTo(end);
    return text;
  }

  private items(end: string): ListItem[] {
    const items: ListItem[] = [];
    for (let token = this.next(); token !== undefined && token.type !== end; token = this.next()) {
      const number = token.info === '' ? {} : { number: Number(token.info) };
      items.push({ ...number, ...taskOf(this.until('list_item_close')) });
    }
    return items;
  }
}

/** Takes the box of a task from the beginning of an item. */
function taskOf(blocks: readonly MarkdownBlock[]): Omit<ListItem, 'number'> {
  const [first, ...rest] = blocks;
  const box = first?.kind === 'paragraph' ? /^\[([ xX])\](?:\s+|$)/.exec(first.text) : null;
  if (box === null || first?.kind !== 'paragraph') return { blocks };
  const text = first.text.slice(box[0].length);
  return { done: box[1] !== ' ', blocks: text === '' ? rest : [{ kind: 'paragraph', text }, ...rest] };
}

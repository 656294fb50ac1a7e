/**
 * Shows a model's answer as Markdown. The answer is not trusted: it becomes elements only by way of the blocks and inline
 * nodes in tree.ts, never by HTML, so it can neither load nor run anything, and each of its words is shown.
 *
 * Each part is rendered once. While an answer grows, only its last part is rendered again.
 */
import { memo } from 'preact/compat';
import { useRef } from 'preact/hooks';
import { Blocks, firstNumber, Items, ListFrame, Plain, shownNumber } from './block-view.tsx';
import { Guard } from './guard.tsx';
import { type MarkdownPart, MarkdownStream } from './stream.ts';
import type { MarkdownList } from './tree.ts';

export interface MarkdownProps {
  readonly text: string;
  readonly dir?: 'ltr' | 'rtl' | 'auto';
  /** More text will follow. */
  readonly growing?: boolean;
}

/** Memoised, since a conversation is drawn again for each token of its last answer, and the other answers stay. */
export const Markdown = memo(({ text, dir = 'auto', growing = false }: MarkdownProps) => {
  const stream = useRef<MarkdownStream | undefined>(undefined);
  stream.current ??= new MarkdownStream();
  const parts = stream.current.read(text, growing);
  return (
    <div class="prose" dir={dir}>
      {listsTogether(parts).map((group, index) => (
        <Guard key={index} parts={group}>
          <Group parts={group} />
        </Guard>
      ))}
    </div>
  );
});

/** Parts of one list together, each other part alone. */
function listsTogether(parts: readonly MarkdownPart[]): MarkdownPart[][] {
  const groups: MarkdownPart[][] = [];
  for (const part of parts) {
    const before = groups.at(-1);
    const last = before?.at(-1);
    const goesOn = part.joins && last !== undefined && listOf(part) !== undefined && isOneList(last);
    if (goesOn && before !== undefined) before.push(part);
    else groups.push([part]);
  }
  return groups;
}

function listOf({ blocks: [first] }: MarkdownPart): MarkdownList | undefined {
  return first?.kind === 'list' ? first : undefined;
}

const isOneList = (part: MarkdownPart): boolean =>
  listOf(part) !== undefined && part.blocks.length === 1 && part.rest === '';

function Group({ parts }: { parts: readonly MarkdownPart[] }) {
  const [first] = parts;
  const list = first && listOf(first);
  if (first === undefined || list === undefined) return first === undefined ? null : <Part part={first} />;
  const last = parts.at(-1)!;
  let before = firstNumber(list) - 1;
  return (
    <>
      <ListFrame list={list}>
        {parts.map((part, index) => {
          const from = before;
          const items = listOf(part)!;
          for (const item of items.items) before = shownNumber(item, before);
          return <Items key={index} list={items} before={from} />;
        })}
      </ListFrame>
      <Blocks blocks={last.blocks.slice(1)} />
      {last.rest !== '' && <Plain text={last.rest} />}
    </>
  );
}

const Part = memo(({ part: { blocks, rest } }: { part: MarkdownPart }) => (
  <>
    <Blocks blocks={blocks} />
    {rest !== '' && <Plain text={rest} />}
  </>
));

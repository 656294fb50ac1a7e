/** Shows blocks of Markdown. */
import type { ComponentChildren } from 'preact';
import { memo } from 'preact/compat';
import { t } from '../../../i18n/index.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { Formula } from './formulas/formula.tsx';
import { InlineText } from './inline-view.tsx';
import type { ListItem, MarkdownBlock, MarkdownList, MarkdownTable } from './tree.ts';

export function Blocks({ blocks }: { blocks: readonly MarkdownBlock[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </>
  );
}

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

const BlockView = memo(({ block }: { block: MarkdownBlock }) => {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <InlineText text={block.text} />
        </p>
      );
    case 'heading': {
      const Tag = HEADINGS[block.level - 1]!;
      return (
        <Tag>
          <InlineText text={block.text} />
        </Tag>
      );
    }
    case 'code':
      return <CodeBlock {...block} />;
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'list':
      return (
        <ListFrame list={block}>
          <Items list={block} before={firstNumber(block) - 1} />
        </ListFrame>
      );
    case 'table':
      return <Table {...block} />;
    case 'formula':
      return <Formula tex={block.tex} source={block.source} display />;
    case 'rule':
      return <hr />;
    default:
      return <Plain text={block.text} />;
  }
});

/** Text with its own lines and blanks. */
export function Plain({ text }: { text: string }) {
  return <p class="plain">{text}</p>;
}

/** Code runs from left to right in every language. */
function CodeBlock({ text, info }: { text: string; info: string }) {
  return (
    <div class="code-block" dir="ltr">
      <div class="code-tools">
        <span class="small soft">{info}</span>
        <CopyButton text={text} label={t('copy-code')} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys. */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

export const firstNumber = (list: MarkdownList): number => list.items[0]?.number ?? 1;

/** The number shown at an item: as written if it is greater than the one before, else the next one. */
export const shownNumber = ({ number = 0 }: ListItem, before: number): number => Math.max(number, before + 1);

export function ListFrame({ list, children }: { list: MarkdownList; children: ComponentChildren }) {
  if (!list.ordered) return <ul>{children}</ul>;
  const start = firstNumber(list);
  return <ol start={start === 1 ? undefined : start}>{children}</ol>;
}

/** `before`: the number of the item before. */
export const Items = memo(({ list, before }: { list: MarkdownList; before: number }) => {
  let last = before;
  return (
    <>
      {list.items.map((item, index) => {
        const expected = last + 1;
        last = shownNumber(item, last);
        const value = list.ordered && last !== expected ? last : undefined;
        return (
          <li key={index} value={value} class={item.done === undefined ? undefined : 'task'}>
            {item.done === undefined ? (
              <Blocks blocks={item.blocks} />
            ) : (
              <Task item={item} done={item.done} />
            )}
          </li>
        );
      })}
    </>
  );
});

/** The box shows what the text says; it cannot be ticked. */
function Task({ item, done }: { item: ListItem; done: boolean }) {
  const [first, ...rest] = item.blocks;
  const labelled = first?.kind === 'paragraph';
  return (
    <>
      <label>
        <input type="checkbox" checked={done} disabled aria-label={labelled ? undefined : t('answer-task')} />
        {labelled && (
          <span>
            <InlineText text={first.text} />
          </span>
        )}
      </label>
      <Blocks blocks={labelled ? rest : item.blocks} />
    </>
  );
}

/** A wide table scrolls, so that its words stay whole. */
function Table({ align, header, rows }: MarkdownTable) {
  const cell = (column: number) => ({
    style: align[column] && { textAlign: align[column] },
    dir: 'auto' as const,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys.
    <section class="table-scroll" aria-label={t('answer-table')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((text, column) => (
              <th key={column} scope="col" {...cell(column)}>
                <InlineText text={text} place="cell" />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((text, column) => (
                <td key={column} {...cell(column)}>
                  <InlineText text={text} place="cell" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

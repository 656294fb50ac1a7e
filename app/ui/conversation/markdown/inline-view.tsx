/** Shows the text of a block: emphasis, code, links with their hosts, formulas. Pictures are links; none is loaded. */
import { memo } from 'preact/compat';
import { t } from '../../../i18n/index.ts';
import { Formula } from './formulas/formula.tsx';
import { inlineOf } from './inline.ts';
import { hostOf } from './links.ts';
import type { MarkdownInline } from './tree.ts';

interface InlineTextProps {
  readonly text: string;
  readonly place?: 'cell' | undefined;
}

export const InlineText = memo(({ text, place }: InlineTextProps) => <Nodes nodes={inlineOf(text, place)} />);

function Nodes({ nodes, inLink = false }: { nodes: readonly MarkdownInline[]; inLink?: boolean }) {
  return (
    <>
      {nodes.map((node, index) =>
        typeof node === 'string' ? node : <InlineNode key={index} node={node} inLink={inLink} />,
      )}
    </>
  );
}

interface NodeProps {
  readonly node: Exclude<MarkdownInline, string>;
  readonly inLink: boolean;
}

function InlineNode({ node, inLink }: NodeProps) {
  switch (node.kind) {
    case 'break':
      return <br />;
    case 'code':
      return <code dir="ltr">{node.text}</code>;
    case 'formula':
      return <Formula {...node} />;
    case 'link':
      return inLink ? <Nodes nodes={node.children} inLink /> : <Link {...node} />;
    default: {
      const Tag = node.kind;
      return (
        <Tag>
          <Nodes nodes={node.children} inLink={inLink} />
        </Tag>
      );
    }
  }
}

type LinkNode = Extract<MarkdownInline, { kind: 'link' }>;

/** The host is shown beside the text, which may name another; an address that is its own text shows it already. */
function Link({ href, title, children, picture }: LinkNode) {
  const host = hostOf(href);
  const bare = children.length === 1 && typeof children[0] === 'string' && isAddress(children[0], href);
  const more = [bare ? '' : host, title].filter((part) => part !== '').join(' · ');
  return (
    <>
      <a href={href} title={href} target="_blank" rel="noopener noreferrer" dir={bare ? 'ltr' : 'auto'}>
        {picture && <span class="picture-mark">{t('answer-picture')}</span>}
        {picture && children.length > 0 && ': '}
        <Nodes nodes={children} inLink />
      </a>
      {more !== '' && (
        <span class="link-host small soft">
          {' '}
          (<bdi>{more}</bdi>)
        </span>
      )}
    </>
  );
}

function isAddress(text: string, href: string): boolean {
  const bare = (address: string) => address.replace(/^mailto:/, '').replace(/\/$/, '');
  return bare(text) === bare(href) || (URL.canParse(text) && new URL(text).href === href);
}

/**
 * Renders a model's answer as Markdown. The answer is not trusted: it is sanitised to text elements, without images or
 * anything else that would make a request. Links open in a new tab, without a referrer.
 *
 * Each block is rendered once. While an answer grows, only its last block is rendered again.
 */
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { createPortal, memo } from 'preact/compat';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { CopyButton } from '../kit/copy-button.tsx';

const ALLOWED_TAGS =
  'p br strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 hr a table thead tbody tr th td'.split(
    ' ',
  );

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
});

function fragmentOf(source: string): DocumentFragment {
  const html = marked.parse(source, { async: false, gfm: true, breaks: true });
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ['href', 'start'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    // Without this, `start` would have to be an address.
    ADD_URI_SAFE_ATTR: ['start'],
    RETURN_DOM_FRAGMENT: true,
  });
}

/** A code block, which may be nested in a list. */
interface CodeBlock {
  readonly text: string;
  /** Container for the copy button. */
  readonly tools: Element;
}

/** Wraps a code block in a frame with room for a button. Code runs from left to right in every language. */
function frameCode(pre: Element): CodeBlock {
  const frame = document.createElement('div');
  frame.className = 'code-block';
  frame.dir = 'ltr';
  pre.replaceWith(frame);
  const tools = document.createElement('div');
  tools.className = 'code-tools';
  frame.append(pre, tools);
  return { text: pre.textContent ?? '', tools };
}

const Block = memo(({ source }: { source: string }) => {
  const container = useRef<HTMLDivElement>(null);
  const [codeBlocks, setCodeBlocks] = useState<readonly CodeBlock[]>([]);
  useLayoutEffect(() => {
    const fragment = fragmentOf(source);
    setCodeBlocks([...fragment.querySelectorAll('pre')].map(frameCode));
    container.current?.replaceChildren(fragment);
  }, [source]);
  return (
    <>
      <div ref={container} />
      {codeBlocks.map(({ text, tools }, index) =>
        createPortal(<CopyButton key={index} text={text} label={t('copy-code')} />, tools),
      )}
    </>
  );
});

export function Markdown({ text, dir = 'auto' }: { text: string; dir?: 'ltr' | 'rtl' | 'auto' }) {
  const blocks = useMemo(() => marked.lexer(text, { gfm: true, breaks: true }), [text]);
  return (
    <div class="prose" dir={dir}>
      {blocks.map(({ type, raw }, index) => (type === 'space' ? null : <Block key={index} source={raw} />))}
    </div>
  );
}

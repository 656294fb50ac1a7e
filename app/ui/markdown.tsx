/**
 * A model's answer as Markdown. What a model writes is not trusted: it is sanitised to plain text elements, without
 * images or anything else that would make a request, and links open elsewhere without a referrer.
 *
 * Each block is made once; while an answer grows only its last block is made anew.
 */
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { memo } from 'preact/compat';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';

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
    RETURN_DOM_FRAGMENT: true,
  });
}

const Block = memo(({ source }: { source: string }) => {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(fragmentOf(source)), [source]);
  return <div ref={place} />;
});

export function Markdown({ text, dir = 'auto' }: { text: string; dir?: 'ltr' | 'rtl' | 'auto' }) {
  const blocks = useMemo(() => marked.lexer(text, { gfm: true, breaks: true }), [text]);
  return (
    <div class="prose" dir={dir}>
      {blocks.map(({ type, raw }, index) => (type === 'space' ? null : <Block key={index} source={raw} />))}
    </div>
  );
}

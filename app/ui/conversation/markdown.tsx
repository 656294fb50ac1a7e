/**
 * A model's answer as Markdown. What a model writes is not trusted: it is sanitised to plain text elements, without
 * images or anything else that would make a request, and links open elsewhere without a referrer.
 *
 * Each block is made once; while an answer grows only its last block is made anew.
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
    RETURN_DOM_FRAGMENT: true,
  });
}

/** A block of code within a block of Markdown, which may be a list: its words, and the place of its button. */
interface Code {
  readonly text: string;
  readonly place: Element;
}

/** Code runs from left to right in any language, and has room for a button beside it. */
function framed(pre: Element): Code {
  const frame = document.createElement('div');
  frame.className = 'code-block';
  frame.dir = 'ltr';
  pre.replaceWith(frame);
  const place = document.createElement('div');
  place.className = 'code-tools';
  frame.append(pre, place);
  return { text: pre.textContent ?? '', place };
}

const Block = memo(({ source }: { source: string }) => {
  const place = useRef<HTMLDivElement>(null);
  const [codes, setCodes] = useState<readonly Code[]>([]);
  useLayoutEffect(() => {
    const fragment = fragmentOf(source);
    setCodes([...fragment.querySelectorAll('pre')].map(framed));
    place.current?.replaceChildren(fragment);
  }, [source]);
  return (
    <>
      <div ref={place} />
      {codes.map((code, index) =>
        createPortal(<CopyButton key={index} text={code.text} label={t('copy-code')} />, code.place),
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

/**
 * A model's answer as Markdown. What a model writes is not trusted: it is sanitised to plain text elements, without
 * images or anything else that would make a request, and links open elsewhere without a referrer.
 *
 * Each block is made once; while an answer grows only its last block is made anew.
 */
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { memo } from 'preact/compat';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { CopyButton } from './copy-button.tsx';

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
  const [code, setCode] = useState('');
  useLayoutEffect(() => {
    place.current?.replaceChildren(fragmentOf(source));
    setCode(place.current?.firstElementChild?.matches('pre') ? (place.current.textContent ?? '') : '');
  }, [source]);
  return (
    <div class={code === '' ? undefined : 'code-block'}>
      <div ref={place} dir={code === '' ? undefined : 'ltr'} />
      {code !== '' && <CopyButton text={code} label={t('copy-code')} />}
    </div>
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

/** Where a question is written. Enter sends, Shift+Enter breaks the line; while an answer is made it offers Stop. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t, type TextKey } from '../i18n/index.ts';
import { Icon } from './icons.tsx';

interface ComposerProps {
  readonly placeholder: TextKey;
  readonly running: boolean;
  readonly able: boolean;
  /** Shown above the field; undefined where there is no page to ask about. */
  readonly page: { readonly title: string; readonly on: boolean; readonly fixed: boolean } | undefined;
  onPage(on: boolean): void;
  onSend(text: string): void;
  onStop(): void;
}

export function Composer(props: ComposerProps) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  // The field grows with its text; six lines, then it scrolls.
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, 160)}px`;
  }, [text]);

  const send = () => {
    const asked = text.trim();
    if (asked === '' || props.running || !props.able) return;
    setText('');
    props.onSend(asked);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends an input method's composition is not a wish to send.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {props.page !== undefined && <PageChip {...props.page} onPage={props.onPage} />}
      <div class="composer-line">
        <textarea
          ref={field}
          class="field"
          rows={1}
          dir="auto"
          value={text}
          placeholder={t(props.placeholder)}
          aria-label={t(props.placeholder)}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {props.running ? (
          <button
            type="button"
            class="button icon round"
            aria-label={t('stop')}
            title={t('stop')}
            onClick={props.onStop}
          >
            <Icon name="stop" />
          </button>
        ) : (
          <button
            type="submit"
            class="button primary icon round"
            aria-label={t('send')}
            title={t('send')}
            disabled={text.trim() === '' || !props.able}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}

function PageChip({
  title,
  on,
  fixed,
  onPage,
}: NonNullable<ComposerProps['page']> & { onPage(on: boolean): void }) {
  if (!on) {
    return (
      <button type="button" class="button quiet little add-page" onClick={() => onPage(true)}>
        <Icon name="plus" />
        {t('about-page-add')}
      </button>
    );
  }
  return (
    <span class="chip small" title={title}>
      <Icon name="page" />
      <span class="chip-text">{t('about-page')}</span>
      {title !== '' && (
        <span class="chip-title soft" dir="auto">
          {title}
        </span>
      )}
      {!fixed && (
        <button
          type="button"
          aria-label={t('about-page-remove')}
          title={t('about-page-remove')}
          onClick={() => onPage(false)}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}

/**
 * Where a question is written. Enter sends, Shift+Enter breaks the line, a slash at the beginning offers the saved
 * questions; while an answer is made it offers Stop.
 */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t, type TextKey } from '../../i18n/index.ts';
import { ContextMeter, ContextNote } from './context-meter.tsx';
import type { ContextUse } from '../state/context-use.ts';
import { draft, keepDraft } from '../state/draft.ts';
import { Icon } from '../kit/icons.tsx';
import { choices, type LibraryEntry, named } from '../state/prompt-library.ts';
import { PromptMenu, promptOptionId } from './prompt-menu.tsx';

interface ComposerProps {
  readonly placeholder: TextKey;
  readonly running: boolean;
  readonly able: boolean;
  /** Shown above the field; undefined where there is no page to ask about. `front`: it is the one in front. */
  readonly page: { readonly title: string; readonly on: boolean; readonly front: boolean } | undefined;
  readonly prompts: readonly LibraryEntry[];
  readonly context: ContextUse | undefined;
  onPage(on: boolean): void;
  onSummarise(): void;
  /** Whether the question was taken. */
  onSend(text: string): Promise<boolean>;
  onStop(): void;
  /** Absent where the conversation is about the page in front. */
  onNewChat?: (() => void) | undefined;
}

/** Pixels that the field grows to with its text, about six lines; then it scrolls. */
const TALLEST = 160;

export function Composer(props: ComposerProps) {
  const { page, context } = props;
  const { text, setText, sent } = useDraft();
  const field = useGrowing(text);
  // On phones it would bring the keyboard up over what one came to read.
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, [field]);
  const menuId = useId();
  const offered = useChoices(text, props.prompts);
  const idle = !props.running && props.able;

  const send = () => {
    const asked = text.trim();
    if (asked === '' || !idle) return;
    const entry = named(asked, props.prompts);
    if (entry !== undefined) choose(entry);
    else void sent(asked, props.onSend(asked));
  };
  const choose = (entry: LibraryEntry) => {
    if (entry.action === 'summarise' && !idle) return;
    // What was written before the list was opened stays.
    const written = text.startsWith('/') ? '' : text;
    offered.chosen();
    if (entry.action === 'summarise') props.onSummarise();
    setText([written, entry.action === undefined ? entry.text : ''].filter(Boolean).join('\n'));
    field.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends an input method's composition is not a wish to send.
    if (event.isComposing) return;
    if (offered.key(event, choose)) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey) return;
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
      {context !== undefined && <ContextNote use={context} />}
      {props.onNewChat !== undefined && (
        <button type="button" class="button quiet little add-page" onClick={props.onNewChat}>
          <Icon name="plus" />
          {t('new-chat-front')}
        </button>
      )}
      {(page !== undefined || context !== undefined) && (
        <div class="composer-about">
          {page !== undefined && <PageChip {...page} onPage={props.onPage} />}
          {context !== undefined && <ContextMeter use={context} />}
        </div>
      )}
      {offered.entries.length > 0 && (
        <PromptMenu id={menuId} entries={offered.entries} active={offered.active} onChoose={choose} />
      )}
      <div class="composer-line">
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('prompts-menu')}
          aria-expanded={offered.entries.length > 0}
          title={t('prompts-menu')}
          // The field keeps the focus, and phones their keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            offered.toggle();
            field.current?.focus({ preventScroll: true });
          }}
        >
          <Icon name="prompts" />
        </button>
        <textarea
          ref={field}
          class="field"
          rows={1}
          // Without a word in it the field runs as its placeholder does.
          dir={text === '' ? undefined : 'auto'}
          value={text}
          placeholder={t(props.placeholder)}
          aria-label={t(props.placeholder)}
          aria-autocomplete="list"
          aria-controls={offered.entries.length > 0 ? menuId : undefined}
          aria-activedescendant={
            offered.entries.length > 0 ? promptOptionId(menuId, offered.active) : undefined
          }
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

/** The text of the field, which is kept while it is not sent; what could not be sent is in the field again. */
function useDraft() {
  const [text, setShown] = useState(draft);
  const latest = useRef(text);
  const setText = (typed: string) => {
    latest.current = typed;
    setShown(typed);
    keepDraft(typed);
  };
  const sent = async (asked: string, taken: Promise<boolean>) => {
    latest.current = '';
    setShown('');
    if (await taken) keepDraft(latest.current);
    else setText([asked, latest.current].filter(Boolean).join('\n'));
  };
  return { text, setText, sent };
}

function useGrowing(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, TALLEST)}px`;
  }, [text]);
  return field;
}

/** What the text after a slash offers, or the button beside the field, and the keys that go through it. */
function useChoices(text: string, prompts: readonly LibraryEntry[]) {
  const [at, setAt] = useState(0);
  // The text for which a person has put the menu away, or has asked for it by its button.
  const [closedFor, setClosedFor] = useState('');
  const [openFor, setOpenFor] = useState<string | undefined>(undefined);
  const bySlash = text === closedFor ? [] : choices(text, prompts);
  const entries = bySlash.length === 0 && text === openFor ? prompts : bySlash;
  const active = Math.min(at, Math.max(0, entries.length - 1));
  // Who has typed on did not ask for it there.
  useEffect(() => setOpenFor((before) => (before === text ? before : undefined)), [text]);
  const chosen = () => {
    setAt(0);
    setOpenFor(undefined);
  };
  const close = () => {
    chosen();
    setClosedFor(text);
  };
  const open = () => {
    setClosedFor('');
    setOpenFor(text);
  };
  /** True where the key was meant for the menu. */
  const key = ({ key: pressed, shiftKey }: KeyboardEvent, choose: (entry: LibraryEntry) => void): boolean => {
    if (entries.length === 0) return false;
    if (pressed === 'ArrowDown') setAt((active + 1) % entries.length);
    else if (pressed === 'ArrowUp') setAt((active + entries.length - 1) % entries.length);
    else if (pressed === 'Escape') close();
    else if ((pressed === 'Enter' || pressed === 'Tab') && !shiftKey) choose(entries[active]!);
    else return false;
    return true;
  };
  return { entries, active, key, chosen, toggle: entries.length > 0 ? close : open };
}

interface ChipProps {
  readonly title: string;
  readonly on: boolean;
  readonly front: boolean;
  onPage(on: boolean): void;
}

function PageChip({ title, on, front, onPage }: ChipProps) {
  if (!on) {
    return (
      <button type="button" class="button quiet little add-page" title={title} onClick={() => onPage(true)}>
        <Icon name="plus" />
        {t(front ? 'about-page-add' : 'about-other-add')}
      </button>
    );
  }
  return (
    <span class="chip small" title={title}>
      <Icon name="page" />
      <span class="chip-text">{t(front ? 'about-page' : 'about-other')}</span>
      {title !== '' && (
        <span class="chip-title soft" dir="auto">
          {title}
        </span>
      )}
      <button
        type="button"
        aria-label={t(front ? 'about-page-remove' : 'about-other-remove')}
        title={t(front ? 'about-page-remove' : 'about-other-remove')}
        onClick={() => onPage(false)}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

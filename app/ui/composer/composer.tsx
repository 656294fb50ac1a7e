/**
 * The field for a question. Enter sends and Shift+Enter breaks the line. A slash at the beginning offers the saved
 * prompts. While an answer is running, the send button is a stop button.
 */
import { useId, useLayoutEffect } from 'preact/hooks';
import { t, type TextKey } from '../../i18n/index.ts';
import type { AttachedText } from '../../protocol/files.ts';
import { Icon } from '../kit/icons.tsx';
import { type Attachments, FIELD_LONGEST } from '../state/attachments.ts';
import type { ContextUse } from '../state/context-use.ts';
import { DRAFT_LONGEST } from '../state/draft.ts';
import { type LibraryEntry, named } from '../state/prompt-library.ts';
import { AttachedTexts, DraftNote } from './attached-texts.tsx';
import { ContextMeter, ContextNote } from './context-meter.tsx';
import { type AboutPage, PageChip } from './page-chip.tsx';
import { PromptMenu, promptOptionId } from './prompt-menu.tsx';
import { useAutoHeight } from './use-auto-height.ts';
import { useDraft } from './use-draft.ts';
import { usePasting } from './use-pasting.ts';
import { usePromptMenu } from './use-prompt-menu.ts';

interface ComposerProps {
  readonly placeholder: TextKey;
  /** Whether an answer is running, which can be stopped. */
  readonly running: boolean;
  /** Whether there is a model that could answer. */
  readonly hasModel: boolean;
  /** Undefined if there is no page to ask about. */
  readonly page: AboutPage | undefined;
  readonly prompts: readonly LibraryEntry[];
  readonly context: ContextUse | undefined;
  readonly attachments: Attachments;
  onPage(on: boolean): void;
  onSummarise(): void;
  /** Resolves to whether the question was accepted. */
  onSend(text: string, attached: readonly AttachedText[]): Promise<boolean>;
  onStop(): void;
  /** Undefined if the conversation is about the page in front. */
  onNewChat?: (() => void) | undefined;
}

export function Composer(props: ComposerProps) {
  const { page, context, attachments } = props;
  const { field, text, setText, menu, menuId, focus, send, choose, onKeyDown } = useComposer(props);
  const pasting = usePasting({ field, text, attachments, setText });
  const placeholder = t(attachments.list.value.length > 0 ? 'ask-about-attached' : props.placeholder);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {context !== undefined && <ContextNote use={context} />}
      {props.onNewChat !== undefined && <NewChatButton onClick={props.onNewChat} />}
      {(page !== undefined || context !== undefined) && (
        <div class="composer-about">
          {page !== undefined && <PageChip {...page} onPage={props.onPage} />}
          {context !== undefined && <ContextMeter use={context} />}
        </div>
      )}
      <AttachedTexts attachments={attachments} room={FIELD_LONGEST - text.length} onInsert={pasting.insert} />
      <DraftNote characters={text.length} most={DRAFT_LONGEST} />
      {menu.isOpen && (
        <PromptMenu id={menuId} entries={menu.entries} active={menu.active} onChoose={choose} />
      )}
      <div class="composer-line">
        <PromptMenuButton
          open={menu.isOpen}
          onClick={() => {
            menu.toggle();
            focus();
          }}
        />
        <textarea
          ref={field}
          class="field"
          rows={1}
          // An empty field has the direction of its placeholder.
          dir={text === '' ? undefined : 'auto'}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={menu.isOpen ? menuId : undefined}
          aria-activedescendant={menu.isOpen ? promptOptionId(menuId, menu.active) : undefined}
          onBeforeInput={pasting.onBeforeInput}
          onPaste={pasting.onPaste}
          onInput={(event) => pasting.onInput(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <SendButton
          running={props.running}
          disabled={text.trim() === '' || !props.hasModel}
          onStop={props.onStop}
        />
      </div>
    </form>
  );
}

/** What the field, its menu and its keys do. */
function useComposer({ prompts, running, hasModel, attachments, onSummarise, onSend }: ComposerProps) {
  const { text, setText, clearWhile } = useDraft();
  const field = useAutoHeight(text);
  const focus = () => field.current?.focus({ preventScroll: true });
  // On a phone, focus would open the keyboard over the page.
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) focus();
  }, []);
  const menuId = useId();
  const menu = usePromptMenu(text, prompts);
  const canSend = !running && hasModel;

  /** What is attached stays until the question is accepted. */
  const sendWith = async (question: string) => {
    const attached = attachments.list.value;
    const accepted = await onSend(question, attached);
    if (accepted && attached.length > 0) attachments.remove(...attached.map(({ id }) => id));
    return accepted;
  };
  const send = () => {
    const question = text.trim();
    if (question === '' || !canSend) return;
    const entry = named(question, prompts);
    if (entry !== undefined) choose(entry);
    else void clearWhile(question, sendWith(question));
  };
  const choose = (entry: LibraryEntry) => {
    if (entry.action === 'summarise' && !canSend) return;
    menu.reset();
    if (entry.action === 'summarise') onSummarise();
    setText(textAfterChoice(text, entry));
    focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends the composition of an input method does not send.
    if (event.isComposing) return;
    const forMenu = menu.handleKey(event, choose);
    const sends = !forMenu && event.key === 'Enter' && !event.shiftKey;
    if (forMenu || sends) event.preventDefault();
    if (sends) send();
  };
  return { field, text, setText, menu, menuId, focus, send, choose, onKeyDown };
}

/** A prompt replaces the typed slash, and follows any other text. An action leaves only the other text. */
function textAfterChoice(text: string, entry: LibraryEntry): string {
  const written = text.startsWith('/') ? '' : text;
  const added = entry.action === undefined ? entry.text : '';
  return [written, added].filter((part) => part !== '').join('\n');
}

function NewChatButton({ onClick }: { onClick(): void }) {
  return (
    <button type="button" class="button quiet little add-page" onClick={onClick}>
      <Icon name="plus" />
      {t('new-chat-front')}
    </button>
  );
}

function PromptMenuButton({ open, onClick }: { open: boolean; onClick(): void }) {
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={t('prompts-menu')}
      aria-expanded={open}
      title={t('prompts-menu')}
      // The field keeps the focus, and a phone its keyboard.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon name="prompts" />
    </button>
  );
}

interface SendButtonProps {
  readonly running: boolean;
  readonly disabled: boolean;
  onStop(): void;
}

function SendButton({ running, disabled, onStop }: SendButtonProps) {
  if (running) {
    return (
      <button
        type="button"
        class="button icon round"
        aria-label={t('stop')}
        title={t('stop')}
        onClick={onStop}
      >
        <Icon name="stop" />
      </button>
    );
  }
  return (
    <button
      type="submit"
      class="button primary icon round"
      aria-label={t('send')}
      title={t('send')}
      disabled={disabled}
    >
      <Icon name="send" />
    </button>
  );
}

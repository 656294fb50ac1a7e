/**
 * The assistant without a conversation: the button for a summary, other actions, and recent conversations. What loads
 * later appears all at once and below the rest, so that nothing moves under the pointer.
 */
import { SummaryChoices } from '../conversation/summary-choices.tsx';
import type { ComponentChildren } from 'preact';
import type { Conversation, SavedPrompt, Settings } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import type { PageReading } from '../../browser/messages/page-messages.ts';
import { PageCut } from '../conversation/notes/page-cut.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { Icon, type IconName } from '../kit/icons.tsx';
import type { Translatable } from './assistant-browser.ts';
import type { PageStatus } from './assistant-controller.ts';
import { TranslateButtons } from './translate-buttons.tsx';

interface HomeProps {
  readonly page: PageStatus;
  /** Title of the page; empty if it has none. */
  readonly title: string | undefined;
  /** Whether page and settings are known. Until then, only what needs neither is shown. */
  readonly ready: boolean;
  readonly settings: Settings | undefined;
  /** Own prompts need a model; a summary does not. */
  readonly hasModel: boolean;
  /** Texts are sent to the person's own server. */
  readonly sends: boolean;
  readonly recent: readonly Conversation[];
  /** The keys that start a summary; undefined if no shortcut is set. */
  readonly shortcut: string | undefined;
  /** Whether the model does not write a language. */
  readonly unwritten?: ((tag: string) => boolean) | undefined;
  onSummarise(what: 'page' | 'selection'): void;
  onSettings(settings: Partial<Settings>): void;
  onTranslate(what?: Translatable): void;
  /** Asks one of the person's own prompts. */
  onPrompt(prompt: SavedPrompt): void;
  onResume(conversation: string): void;
  /** Rules for such pages; shown once the page is read. */
  readonly rules?: ComponentChildren;
  /** Shown below the actions for the page. */
  readonly children: ComponentChildren;
}

export function Home(props: HomeProps) {
  const { page, title, ready, recent } = props;
  return (
    <div class="start">
      {page.kind === 'failed' && (
        <ErrorNote error={page.error}>
          {/* The page has too little text for a summary, but words of forms and menus can be translated. */}
          {page.error.code === 'page-empty' ? (
            <TranslateButtons written={false} onTranslate={props.onTranslate} />
          ) : undefined}
        </ErrorNote>
      )}
      {page.kind === 'none' && <NoPage shortcut={props.shortcut} />}
      {(page.kind === 'reading' || page.kind === 'read') && (
        <section class="stack">
          <p class="page-title" dir="auto" title={title}>
            {title}
          </p>
          {page.kind === 'read' && <PageCut characters={charactersRead(page.reading)} />}
          <button type="button" class="button primary big" onClick={() => props.onSummarise('page')}>
            <Icon name="summary" />
            {t('summarise')}
          </button>
          {ready && page.kind === 'read' && <OwnPrompts {...props} selection={page.reading.selection} />}
          {ready && page.kind === 'read' && <PageChoices {...props} reading={page.reading} />}
        </section>
      )}
      {ready && props.children}
      {ready && recent.length > 0 && <Recent conversations={recent} onResume={props.onResume} />}
      {ready && <Hints last={props.sends ? 'hint-server' : 'hint-private'} />}
    </div>
  );
}

/** Undefined if all of the page was read. */
const charactersRead = ({ page }: PageReading) => (page.cut === true ? page.text.length : undefined);

function PageChoices({ reading, ...props }: HomeProps & { reading: PageReading }) {
  const { settings } = props;
  return (
    <>
      {reading.selection !== '' && <SelectionButtons {...props} />}
      {settings !== undefined && (
        <SummaryChoices
          settings={settings}
          shortcut={props.shortcut}
          unwritten={props.unwritten}
          onSettings={props.onSettings}
        />
      )}
      <TranslateButtons
        written={reading.written === true}
        unselectable={reading.unselectable}
        onTranslate={props.onTranslate}
      />
      {props.rules}
    </>
  );
}

/** A button for each prompt that the person put there. One that needs a selection waits for it. */
function OwnPrompts({ settings, hasModel, selection, onPrompt }: HomeProps & { selection: string }) {
  const prompts = (settings?.prompts ?? []).filter(({ inMenu }) => inMenu === true);
  if (prompts.length === 0) return null;
  return (
    <ul class="own-prompts" aria-label={t('prompts-menu')}>
      {prompts.map((prompt) => (
        <li key={prompt.name}>
          <button
            type="button"
            class="button little"
            disabled={!hasModel || (selection === '' && prompt.text.includes('{selection}'))}
            title={prompt.text}
            onClick={() => onPrompt(prompt)}
          >
            <Icon name="chat" />
            <span dir="auto">{prompt.name.replaceAll('-', ' ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** In a tab that is about no page: explains how to use Linnet on one. */
function NoPage({ shortcut }: Pick<HomeProps, 'shortcut'>) {
  return (
    <p class="aside no-page">
      <Icon name="page" />
      <span>{shortcut === undefined ? t('no-page-touch') : t('no-page', { keys: shortcut })}</span>
    </p>
  );
}

function SelectionButtons({ onSummarise, onTranslate }: HomeProps) {
  return (
    <div class="pair">
      <button type="button" class="button" onClick={() => onSummarise('selection')}>
        <Icon name="summary" />
        {t('summarise-selection')}
      </button>
      <button type="button" class="button" onClick={() => onTranslate()}>
        <Icon name="translate" />
        {t('translate-selection')}
      </button>
    </div>
  );
}

function Recent({
  conversations,
  onResume,
}: {
  conversations: readonly Conversation[];
  onResume(id: string): void;
}) {
  return (
    <section class="recent">
      <h2 class="small soft">{t('recent')}</h2>
      <ul>
        {conversations.map(({ id, title, page }) => (
          <li key={id}>
            <button type="button" class="button quiet" onClick={() => onResume(id)}>
              <Icon name={page === undefined ? 'chat' : 'page'} />
              <span dir="auto">{title || t('conversation')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `last`: where texts go. */
function Hints({ last }: { last: 'hint-private' | 'hint-server' }) {
  const hints: readonly (readonly [IconName, 'hint-select' | 'hint-chat' | typeof last])[] = [
    ['translate', 'hint-select'],
    ['chat', 'hint-chat'],
    ['shield', last],
  ];
  return (
    <ul class="hints small soft">
      {hints.map(([icon, key]) => (
        <li key={key}>
          <Icon name={icon} />
          <span>{t(key)}</span>
        </li>
      ))}
    </ul>
  );
}

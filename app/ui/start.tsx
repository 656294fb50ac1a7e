/** The popup before anything was asked: the one big button, what else can be done, and what was done lately. */
import type { Conversation, Settings, SummaryLength, SummaryStyle, SummaryType } from '../protocol/types.ts';
import { t } from '../i18n/index.ts';
import { ErrorNote } from './error-note.tsx';
import { Icon, type IconName } from './icons.tsx';
import type { PageState, Translatable } from './popup-state.ts';
import { TranslateButtons } from './translate-buttons.tsx';

const TYPES: readonly SummaryType[] = ['key-points', 'tldr', 'headline'];
const LENGTHS: readonly SummaryLength[] = ['short', 'medium', 'long'];

interface StartProps {
  readonly page: PageState;
  readonly settings: Settings | undefined;
  readonly recent: readonly Conversation[];
  /** Whether a model could answer at all. */
  readonly able: boolean;
  onSummarise(): void;
  onStyle(style: SummaryStyle): void;
  onTranslate(what?: Translatable): void;
  onResume(conversation: string): void;
}

export function Start(props: StartProps) {
  const { page, settings, recent } = props;
  const selection = page.kind === 'read' ? page.reading.selection : '';
  const title = page.kind === 'read' ? page.reading.page.title : '';
  const style = settings?.style ?? { type: 'key-points', length: 'medium' };
  return (
    <div class="start">
      {page.kind === 'failed' ? (
        <ErrorNote error={page.error} />
      ) : (
        <section class="stack">
          {title !== '' && (
            <p class="page-title" dir="auto" title={title}>
              {title}
            </p>
          )}
          <button
            type="button"
            class="button primary big"
            disabled={page.kind === 'none' || !props.able}
            onClick={props.onSummarise}
          >
            <Icon name="summary" />
            {t('summarise')}
          </button>
          <StyleChoice style={style} onStyle={props.onStyle} />
          {selection !== '' && (
            <button type="button" class="button" onClick={() => props.onTranslate()}>
              <Icon name="translate" />
              {t('translate-selection')}
            </button>
          )}
          {page.kind === 'read' && (
            <TranslateButtons written={page.reading.written === true} onTranslate={props.onTranslate} />
          )}
        </section>
      )}
      {recent.length > 0 && <Recent conversations={recent} onResume={props.onResume} />}
      <Hints />
    </div>
  );
}

function StyleChoice({ style, onStyle }: { style: SummaryStyle; onStyle(style: SummaryStyle): void }) {
  return (
    <div class="choices">
      <select
        class="field"
        aria-label={t('summarise-type')}
        value={style.type}
        onChange={(event) => onStyle({ ...style, type: event.currentTarget.value as SummaryType })}
      >
        {TYPES.map((type) => (
          <option key={type} value={type}>
            {t(`type-${type}`)}
          </option>
        ))}
      </select>
      <fieldset class="segments">
        <legend class="hidden-visually">{t('summarise-length')}</legend>
        {LENGTHS.map((length) => (
          <label key={length} class={length === style.length ? 'on' : ''}>
            <input
              type="radio"
              name="length"
              class="hidden-visually"
              checked={length === style.length}
              onChange={() => onStyle({ ...style, length })}
            />
            {t(`length-${length}`)}
          </label>
        ))}
      </fieldset>
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
            <button type="button" class="button quiet" dir="auto" onClick={() => onResume(id)}>
              <Icon name={page === undefined ? 'chat' : 'page'} />
              <span>{title || t('conversation')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const HINTS: readonly (readonly [IconName, 'hint-select' | 'hint-chat' | 'hint-private'])[] = [
  ['translate', 'hint-select'],
  ['chat', 'hint-chat'],
  ['shield', 'hint-private'],
];

function Hints() {
  return (
    <ul class="hints small soft">
      {HINTS.map(([icon, key]) => (
        <li key={key}>
          <Icon name={icon} />
          <span>{t(key)}</span>
        </li>
      ))}
    </ul>
  );
}

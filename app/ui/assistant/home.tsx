/**
 * The popup before anything was asked: the one big button, what else can be done, and what was done lately. Nothing moves
 * from under a hand: what is known later comes at once, beneath what was there.
 */
import { SummaryChoices } from '../conversation/summary-choices.tsx';
import type { ComponentChildren } from 'preact';
import type { Conversation, Settings } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import type { PageReading } from '../../browser/page-messages.ts';
import { ErrorNote } from '../kit/error-note.tsx';
import { Icon, type IconName } from '../kit/icons.tsx';
import type { PageStatus, Translatable } from './assistant-controller.ts';
import { TranslateButtons } from './translate-buttons.tsx';

interface HomeProps {
  readonly page: PageStatus;
  /** Empty where it has none. */
  readonly title: string | undefined;
  /** Until then only what needs neither page nor settings is there. */
  readonly settled: boolean;
  readonly settings: Settings | undefined;
  readonly recent: readonly Conversation[];
  /** Whether a model could answer at all. */
  readonly able: boolean;
  /** The keys that start a summary; undefined where there are none. */
  readonly shortcut: string | undefined;
  onSummarise(what: 'page' | 'selection'): void;
  onSettings(settings: Partial<Settings>): void;
  onTranslate(what?: Translatable): void;
  onResume(conversation: string): void;
  /** Beneath what can be done with the page. */
  readonly children: ComponentChildren;
}

export function Home(props: HomeProps) {
  const { page, title, settled, recent } = props;
  return (
    <div class="start">
      {page.kind === 'failed' && (
        <ErrorNote error={page.error}>
          {/* Too little for a summary: the words of a form or a menu can still be translated. */}
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
          <button
            type="button"
            class="button primary big"
            disabled={!props.able}
            onClick={() => props.onSummarise('page')}
          >
            <Icon name="summary" />
            {t('summarise')}
          </button>
          {settled && page.kind === 'read' && <PageChoices {...props} reading={page.reading} />}
        </section>
      )}
      {settled && props.children}
      {settled && recent.length > 0 && <Recent conversations={recent} onResume={props.onResume} />}
      {settled && <Hints />}
    </div>
  );
}

function PageChoices({ reading, ...props }: HomeProps & { reading: PageReading }) {
  const { settings } = props;
  return (
    <>
      {reading.selection !== '' && <SelectionButtons {...props} />}
      {settings !== undefined && (
        <SummaryChoices settings={settings} shortcut={props.shortcut} onSettings={props.onSettings} />
      )}
      <TranslateButtons written={reading.written === true} onTranslate={props.onTranslate} />
    </>
  );
}

/** A tab of Linnet's own that is about no page: how to get to one. */
function NoPage({ shortcut }: Pick<HomeProps, 'shortcut'>) {
  return (
    <p class="aside no-page">
      <Icon name="page" />
      <span>{shortcut === undefined ? t('no-page-touch') : t('no-page', { keys: shortcut })}</span>
    </p>
  );
}

function SelectionButtons({ able, onSummarise, onTranslate }: HomeProps) {
  return (
    <div class="pair">
      <button type="button" class="button" disabled={!able} onClick={() => onSummarise('selection')}>
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

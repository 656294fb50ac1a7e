/** The floating bar on a translated page: languages, view and scope, progress, and a button that restores the page. */
import { useState } from 'preact/hooks';
import { writesLanguage } from '../../../protocol/abilities.ts';
import { number, ownName, t } from '../../../i18n/index.ts';
import { SendsNote } from '../../kit/badges/sent-badge.tsx';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { SourceChoice, TargetChoice } from '../../kit/language-choice.tsx';
import { RanByRule, RuleRow } from '../../kit/rules/rule-row.tsx';
import { modelsButton } from '../models-button.tsx';
import { UnwrittenNote } from '../unwritten-note.tsx';
import type { Left, PageNote } from '../../../page/translate/options.ts';
import type { Progress, TranslationModel } from './translation-model.ts';

export function TranslationBar({ controller }: { controller: TranslationModel }) {
  const [rulesOpen, setRulesOpen] = useState(false);
  if (!controller.shown.value) return null;
  const progress = controller.progress.value;
  const { done, total } = progress ?? NOTHING;
  const failure = controller.failure.value;
  const offered = controller.offered.value;
  const ruled = { view: controller.rules.value, language: controller.from.value, actions: controller };
  const hasRules = ruled.language !== undefined || ruled.view.site !== undefined;
  return (
    <section class="control surface" aria-label={t('page-translation')}>
      {total > 0 && <progress class="bar" aria-hidden="true" value={done / total} max={1} />}
      <span class="mark" aria-hidden="true">
        <Icon name="translate" />
      </span>
      {controller.unsure.value && (
        <SourceChoice from={controller.from.value} onFrom={(tag) => void controller.setFrom(tag)} />
      )}
      <TargetChoice
        to={controller.language.value}
        unwritten={offered && ((tag) => !writesLanguage(offered.offer, tag))}
        onTo={(tag) => void controller.setLanguage(tag)}
      />
      <div class="options">
        <Views controller={controller} />
        <WholePage controller={controller} />
      </div>
      <Status controller={controller} />
      {progress !== undefined && <ProgressButton controller={controller} progress={progress} />}
      {hasRules && (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('rules')}
          title={t('rules')}
          aria-expanded={rulesOpen}
          onClick={() => setRulesOpen(!rulesOpen)}
        >
          <Icon name="more" />
        </button>
      )}
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('page-restore')}
        title={t('page-restore')}
        onClick={() => controller.restore()}
      >
        <Icon name="close" />
      </button>
      {offered?.server !== undefined && (
        <div class="wide">
          <SendsNote model={offered.model} server={offered.server} />
        </div>
      )}
      {ruled.view.by !== undefined && (
        <div class="wide">
          <RanByRule {...ruled} />
        </div>
      )}
      {hasRules && rulesOpen && (
        <div class="wide">
          <RuleRow {...ruled} />
        </div>
      )}
      {controller.needsLanguage.value && (
        <p class="wide small">
          {t('language-same', { language: ownName(controller.language.value) })}{' '}
          {controller.from.value !== undefined && t('language-wrong')}
        </p>
      )}
      {controller.unwritten.value && offered !== undefined && (
        <div class="wide">
          <UnwrittenNote
            model={offered.model}
            language={controller.language.value}
            onBetter={() => controller.openModels()}
            onAnyway={() => controller.insist()}
          />
        </div>
      )}
      {controller.asksNot.value && !controller.unwritten.value && (
        <div class="wide small">
          <p>{t('page-asks-not')}</p>
          <button type="button" class="button little" onClick={() => controller.insist()}>
            {t('translate-anyway')}
          </button>
        </div>
      )}
      {controller.unsure.value && controller.from.value === undefined && (
        <p class="wide small soft">{t('language-ask')}</p>
      )}
      {failure !== undefined && (
        <div class="wide">
          <ErrorNote error={failure}>{modelsButton(failure, () => controller.openModels())}</ErrorNote>
        </div>
      )}
      <LeftOut left={progress?.left} />
      <Notes notes={controller.notes.value} onReveal={(id) => controller.reveal(id)} />
    </section>
  );
}

/** What is not translated, and why. */
function LeftOut({ left = [] }: { left?: readonly Left[] | undefined }) {
  if (left.length === 0) return null;
  return (
    <ul class="wide small soft left-out">
      {left.map(({ reason, count }) => (
        <li key={reason}>{t(`left-${reason}`, { n: count })}</li>
      ))}
    </ul>
  );
}

interface NotesProps {
  readonly notes: readonly PageNote[];
  onReveal(id: number): void;
}

/** What to know about single paragraphs, folded away. */
function Notes({ notes, onReveal }: NotesProps) {
  if (notes.length === 0) return null;
  return (
    <details class="wide small notes">
      <summary>
        <Icon name="warning" />
        {t('page-notes', { n: notes.length })}
      </summary>
      <ul>
        {notes.map(({ id, text, note }) => (
          <li key={id}>
            <button type="button" class="button quiet little" dir="auto" onClick={() => onReveal(id)}>
              {text}
            </button>
            <p dir="auto">{note}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}

const NOTHING = { done: 0, total: 0 };

/** The progress and the current status. */
function Status({ controller }: { controller: TranslationModel }) {
  const progress = controller.progress.value;
  const { done, total } = progress ?? NOTHING;
  const { failure, needsLanguage, unwritten, asksNot } = controller;
  const waits = needsLanguage.value || unwritten.value || asksNot.value;
  const quiet = failure.value !== undefined || waits;
  return (
    <div class="state small soft">
      <span class="said" title={t('page-progress-label', { done, total })}>
        {total > 0 && t('page-progress', { done: number(done), total: number(total) })}
      </span>
      <span role="status">
        {!quiet && t(progress === undefined ? 'model-connecting' : statusText(progress))}
      </span>
    </div>
  );
}

function Views({ controller }: { controller: TranslationModel }) {
  return (
    <fieldset class="views" aria-label={t('view')}>
      {(['both', 'translation'] as const).map((view) => (
        <button
          key={view}
          type="button"
          class="button quiet little"
          aria-pressed={controller.view.value === view}
          onClick={() => controller.setView(view)}
        >
          {t(`view-${view}`)}
        </button>
      ))}
    </fieldset>
  );
}

function WholePage({ controller }: { controller: TranslationModel }) {
  const whole = controller.scope.value === 'page';
  return (
    <button
      type="button"
      class="button quiet little"
      aria-pressed={whole}
      onClick={() => controller.setScope(whole ? 'article' : 'page')}
    >
      {t('whole-page')}
    </button>
  );
}

function ProgressButton({ controller, progress }: { controller: TranslationModel; progress: Progress }) {
  const { running, stopped } = progress;
  if (stopped || controller.failure.value !== undefined) {
    return (
      <button
        type="button"
        class="button little going"
        aria-label={t('page-continue')}
        onClick={() => controller.resume()}
      >
        <Icon name="again" />
        <span>{t('page-continue')}</span>
      </button>
    );
  }
  if (!running) return null;
  return (
    <button
      type="button"
      class="button little going"
      aria-label={t('stop')}
      onClick={() => controller.stop()}
    >
      <Icon name="stop" />
      <span>{t('stop')}</span>
    </button>
  );
}

/** The status for screen readers; changes with the state, not with every paragraph. */
function statusText({ done, total, running, stopped, left }: Progress) {
  if (stopped) return 'page-stopped';
  if (running) return 'page-working';
  if (left !== undefined) return 'page-done-partly';
  if (total === 0) return 'page-nothing';
  return done === total ? 'page-done' : 'page-waiting';
}

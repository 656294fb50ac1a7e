/** Translations: into which language, until another is chosen in a bubble; the glossary; what belongs to it besides. */
import type { ComponentChildren } from 'preact';
import { nearestLanguage, t } from '../../i18n/index.ts';
import { LanguageOptions } from '../kit/language-choice.tsx';
import type { WorkerController } from '../state/requester.ts';

interface LanguageProps {
  readonly state: WorkerController;
  readonly children?: ComponentChildren;
}

export function LanguageSection({ state, children }: LanguageProps) {
  const settings = state.worker.settings.value;
  if (settings === undefined) return null;
  return (
    <section class="stack">
      <h2>{t('language-title')}</h2>
      <label class="label narrow">
        {t('language-label')}
        <select
          class="field"
          value={nearestLanguage(settings.language)}
          onChange={(event) => void state.change({ language: event.currentTarget.value })}
        >
          <LanguageOptions />
        </select>
      </label>
      <p class="row">
        <a class="button" href="glossary.html" target="_blank" rel="noreferrer">
          {t('glossary-title')}
        </a>
        <span class="soft small">{t('glossary-intro')}</span>
      </p>
      {children}
    </section>
  );
}

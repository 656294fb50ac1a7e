/** The target language of translations, links to the glossary and the word list, and further settings passed as children. */
import type { ComponentChildren } from 'preact';
import { writesLanguage } from '../../protocol/abilities.ts';
import { nearestLanguage, t } from '../../i18n/index.ts';
import { LanguageOptions } from '../kit/language-choice.tsx';
import { offerFor } from '../state/offers.ts';
import type { WorkerController } from '../state/requester.ts';

interface LanguageProps {
  readonly controller: WorkerController;
  readonly children?: ComponentChildren;
}

export function LanguageSection({ controller, children }: LanguageProps) {
  const settings = controller.worker.settings.value;
  if (settings === undefined) return null;
  const offered = offerFor(controller.worker.models.value, settings, 'translation', false);
  return (
    <section class="stack">
      <h2>{t('language-title')}</h2>
      <label class="label narrow">
        {t('language-label')}
        <select
          class="field"
          value={nearestLanguage(settings.language)}
          onChange={(event) => void controller.change({ language: event.currentTarget.value })}
        >
          <LanguageOptions unwritten={offered && ((tag) => !writesLanguage(offered.offer, tag))} />
        </select>
      </label>
      <p class="row">
        <a class="button" href="glossary.html" target="_blank" rel="noreferrer">
          {t('glossary-title')}
        </a>
        <span class="soft small">{t('glossary-intro')}</span>
      </p>
      <p class="row">
        <a class="button" href="words.html" target="_blank" rel="noreferrer">
          {t('words-title')}
        </a>
        <span class="soft small">{t('words-intro')}</span>
      </p>
      {children}
    </section>
  );
}

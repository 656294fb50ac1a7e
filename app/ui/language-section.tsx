/** Translations: into which language, until another is chosen in a bubble; the glossary; what belongs to it besides. */
import type { ComponentChildren } from 'preact';
import { languages, nearestLanguage, ownName, t } from '../i18n/index.ts';
import type { Settings } from '../protocol/types.ts';
import type { Live } from './live.ts';

interface LanguageProps {
  readonly state: {
    readonly live: Live;
    ask(kind: 'set-settings', send: { settings: Partial<Settings> }): Promise<void>;
  };
  readonly children?: ComponentChildren;
}

export function LanguageSection({ state, children }: LanguageProps) {
  const settings = state.live.settings.value;
  if (settings === undefined) return null;
  return (
    <section class="stack">
      <h2>{t('language-title')}</h2>
      <label class="label narrow">
        {t('language-label')}
        <select
          class="field"
          value={nearestLanguage(settings.language)}
          onChange={(event) =>
            void state.ask('set-settings', { settings: { language: event.currentTarget.value } })
          }
        >
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {ownName(tag)}
            </option>
          ))}
        </select>
      </label>
      <p class="small">
        <a href="glossary.html" target="_blank" rel="noreferrer">
          {t('glossary-title')}
        </a>{' '}
        <span class="soft">{t('glossary-intro')}</span>
      </p>
      {children}
    </section>
  );
}

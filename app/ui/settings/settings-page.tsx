/** The Settings page: language, translations, summaries, pace, saved prompts, and deletion of data. */
import type { CacheForm } from '../../../engine/index.ts';
import { ownName, t } from '../../i18n/index.ts';
import { locales } from '../../i18n/locales.ts';
import type { PaceSetting } from '../../protocol/types.ts';
import { DataSection } from './data-section.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { NoticeList } from '../kit/notice-list.tsx';
import { AheadSection } from './ahead-section.tsx';
import { OftenSection } from './often-section.tsx';
import { AllSitesSection } from './all-sites-section.tsx';
import { Bird, Icon } from '../kit/icons.tsx';
import { Choices } from './choices.tsx';
import { KeepSection } from './keep-section.tsx';
import { LanguageSection } from './language-section.tsx';
import { HoverSection } from './rules/hover-section.tsx';
import { RulesSection } from './rules/rules-section.tsx';
import { PromptsSection } from './prompts/prompts-section.tsx';
import { TaskPromptsSection } from './prompts/task-prompts-section.tsx';
import { TranslationsSection } from './translations-section.tsx';
import type { SettingsController } from './settings-controller.ts';
import { SummaryChoices } from '../conversation/summary-choices.tsx';

export function SettingsPage({ controller }: { controller: SettingsController }) {
  const settings = controller.worker.settings.value;
  const down = controller.worker.up.value === false;
  const failure = controller.failure.value;
  return (
    <main class="page settings">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('settings-title')}</h1>
          <p class="soft">{t('settings-intro')}</p>
        </div>
      </header>
      {failure !== undefined && <ErrorNote error={failure} />}
      <NoticeList
        notices={controller.worker.notices.value}
        onDelete={() => void controller.request('delete-damaged', {})}
      />
      <UiLanguage controller={controller} />
      <LanguageSection controller={controller}>
        <AllSitesSection controller={controller} />
      </LanguageSection>
      {settings !== undefined && (
        <>
          <RulesSection
            settings={settings}
            access={controller.environment.siteAccess}
            onRule={(about, rule) => void controller.setRule(about, rule)}
          />
          <HoverSection
            chosen={settings.hoverKey}
            onChoose={(hoverKey) => void controller.change({ hoverKey })}
          />
          <section class="stack">
            <h2>{t('summary-defaults-title')}</h2>
            <p class="soft small">{t('summary-defaults-hint')}</p>
            <SummaryChoices
              settings={settings}
              shortcut={controller.environment.shortcut}
              onSettings={(changed) => void controller.change(changed)}
            />
          </section>
          <Choices
            name="pace"
            values={PACES}
            chosen={settings.pace}
            text={(pace) => [t(`pace-${pace}`), t(`pace-${pace}-hint`)]}
            onChoose={(pace) => void controller.change({ pace })}
          />
          <Choices
            name="cache"
            values={CACHES}
            chosen={settings.cache ?? 'plain'}
            text={(cache) => [t(`cache-${cache}`), t(`cache-${cache}-hint`)]}
            onChoose={(cache) => void controller.change({ cache })}
          />
          <AheadSection controller={controller} />
          <OftenSection controller={controller} />
          <PromptsSection
            prompts={settings.prompts}
            onChange={(prompts) => void controller.change({ prompts })}
          />
          {controller.taskPrompts.value !== undefined && (
            <TaskPromptsSection
              prompts={controller.taskPrompts.value}
              onChange={(task, text) => controller.changePrompt(task, text)}
            />
          )}
          <KeepSection controller={controller} />
          <TranslationsSection controller={controller} />
          <DataSection controller={controller} />
        </>
      )}
      {/* Waits for the settings, since sections that appear above would move it. */}
      {(settings !== undefined || down) && <About controller={controller} />}
    </main>
  );
}

function UiLanguage({ controller: { environment } }: { controller: SettingsController }) {
  const browserLanguage = ownName(environment.browserLocale);
  return (
    <section class="stack">
      <h2>{t('ui-language-title')}</h2>
      <label class="label narrow">
        {t('ui-language-label')}
        <select
          class="field"
          value={environment.language ?? ''}
          onChange={(event) => void environment.chooseLanguage(event.currentTarget.value || undefined)}
        >
          <option value="">{t('ui-language-browser', { language: browserLanguage })}</option>
          {locales.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {ownName(tag)}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

const PACES: readonly PaceSetting[] = ['polite', 'balanced', 'full'];

const CACHES: readonly CacheForm[] = ['plain', 'q8'];

function About({ controller: { environment } }: { controller: SettingsController }) {
  return (
    <section class="stack">
      <h2>{t('about-title')}</h2>
      <p>{t('about-version', { version: environment.version })}</p>
      <p class="soft">{t('about-private')}</p>
      <div class="row">
        <button type="button" class="button" onClick={environment.openModels}>
          <Icon name="folder" />
          {t('manage-models')}
        </button>
      </div>
    </section>
  );
}

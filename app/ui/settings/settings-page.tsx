/** The Settings page: language, translations, speed, summaries, saved questions, and the way to delete everything. */
import { render } from 'preact';
import type { CacheForm } from '../../../engine/index.ts';
import { ownName, t } from '../../i18n/index.ts';
import { locales, nearestLocale } from '../../i18n/locales.ts';
import { connectToEngine } from '../../browser/connect.ts';
import { isEverywhere, setEverywhere } from '../../browser/all-sites.ts';
import {
  browserLanguages,
  chooseLanguage,
  chosenLanguage,
  extensionVersion,
} from '../../browser/ui-language.ts';
import { startShortcut } from '../../browser/pending-summary.ts';
import { openPage } from '../../browser/tabs.ts';
import type { PaceSetting } from '../../protocol/types.ts';
import { DataSection } from './data-section.tsx';
import { keepDraft } from '../state/draft.ts';
import { ErrorNote } from '../kit/error-note.tsx';
import { AllSitesSection } from './all-sites-section.tsx';
import { Bird, Icon } from '../kit/icons.tsx';
import { keepFocus } from '../kit/keep-focus.ts';
import { LanguageSection } from './language-section.tsx';
import { PromptsSection } from './prompts-section.tsx';
import { SettingsController } from './settings-controller.ts';
import { applyLocale } from '../kit/load-locale.ts';
import { SummaryChoices } from '../conversation/summary-choices.tsx';
import '../styles/tokens.css';
import '../styles/theme.css';
import '../styles/controls.css';
import '../conversation/summary.css';
import '../styles/page.css';
import './settings.css';

export async function openSettings(place: HTMLElement): Promise<void> {
  const [language, before] = await Promise.all([
    chosenLanguage(),
    isEverywhere().catch(() => undefined),
    applyLocale('settings-title'),
  ]);
  const state = new SettingsController(connectToEngine(), {
    version: extensionVersion(),
    language,
    async chooseLanguage(tag) {
      await chooseLanguage(tag);
      // Every text of the page is another one.
      location.reload();
    },
    shortcut: await startShortcut(),
    everywhere: { before, set: setEverywhere },
    openModels: () => void openPage('models.html'),
    async eraseRest() {
      keepDraft('');
      if ((await isEverywhere()) === true) await setEverywhere(false);
      await chooseLanguage(undefined);
    },
  });
  keepFocus(place);
  render(<SettingsPage state={state} />, place);
}

function SettingsPage({ state }: { state: SettingsController }) {
  const settings = state.worker.settings.value;
  const down = state.worker.up.value === false;
  const failure = state.failure.value;
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
      <UiLanguage state={state} />
      <LanguageSection state={state}>
        <AllSitesSection state={state} />
      </LanguageSection>
      {settings !== undefined && (
        <>
          <section class="stack">
            <h2>{t('summary-defaults-title')}</h2>
            <p class="soft small">{t('summary-defaults-hint')}</p>
            <SummaryChoices
              settings={settings}
              shortcut={state.outside.shortcut}
              onSettings={(changed) => void state.change(changed)}
            />
          </section>
          <Choices
            name="pace"
            values={PACES}
            chosen={settings.pace}
            text={(pace) => [t(`pace-${pace}`), t(`pace-${pace}-hint`)]}
            onChoose={(pace) => void state.change({ pace })}
          />
          <Choices
            name="cache"
            values={CACHES}
            chosen={settings.cache ?? 'plain'}
            text={(cache) => [t(`cache-${cache}`), t(`cache-${cache}-hint`)]}
            onChoose={(cache) => void state.change({ cache })}
          />
          <PromptsSection prompts={settings.prompts} onChange={(prompts) => void state.change({ prompts })} />
          <DataSection state={state} />
        </>
      )}
      {/* Beneath what is not there yet it would move away. */}
      {(settings !== undefined || down) && <About state={state} />}
    </main>
  );
}

function UiLanguage({ state: { outside } }: { state: SettingsController }) {
  const ofBrowser = ownName(nearestLocale(browserLanguages()));
  return (
    <section class="stack">
      <h2>{t('ui-language-title')}</h2>
      <label class="label narrow">
        {t('ui-language-label')}
        <select
          class="field"
          value={outside.language ?? ''}
          onChange={(event) => void outside.chooseLanguage(event.currentTarget.value || undefined)}
        >
          <option value="">{t('ui-language-browser', { language: ofBrowser })}</option>
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

interface SettingsChoicesProps<T> {
  /** What is chosen: its title and hint, and the name of its radio buttons. */
  readonly name: 'pace' | 'cache';
  readonly values: readonly T[];
  readonly chosen: T;
  /** What a value is called, and what it means. */
  text(value: T): readonly [name: string, hint: string];
  onChoose(value: T): void;
}

/** One of a few, each with what it means. */
function Choices<T extends string>({ name, values, chosen, text, onChoose }: SettingsChoicesProps<T>) {
  return (
    <fieldset class="stack plain">
      <legend>
        <h2>{t(`${name}-title`)}</h2>
      </legend>
      <p class="soft small">{t(`${name}-hint`)}</p>
      {values.map((value) => {
        const [called, hint] = text(value);
        return (
          <label key={value} class={`choice${value === chosen ? ' on' : ''}`}>
            <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
            <span>
              <strong>{called}</strong>
              <span class="soft small">{hint}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function About({ state: { outside } }: { state: SettingsController }) {
  return (
    <section class="stack">
      <h2>{t('about-title')}</h2>
      <p>{t('about-version', { version: outside.version })}</p>
      <p class="soft">{t('about-private')}</p>
      <div class="row">
        <button type="button" class="button" onClick={outside.openModels}>
          <Icon name="folder" />
          {t('manage-models')}
        </button>
      </div>
    </section>
  );
}

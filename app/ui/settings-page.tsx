/** The Settings page: language, translations, speed, summaries, saved questions, and the way to delete everything. */
import { render } from 'preact';
import type { CacheForm } from '../../engine/index.ts';
import { ownName, t } from '../i18n/index.ts';
import { locales, nearestLocale } from '../i18n/locales.ts';
import { connectToEngine } from '../protocol/browser-line.ts';
import { isEverywhere, setEverywhere } from '../protocol/everywhere.ts';
import { browserLanguages, chooseLanguage, chosenLanguage, extensionVersion } from '../protocol/language.ts';
import { startShortcut } from '../protocol/start.ts';
import { openPage } from '../protocol/tabs.ts';
import type { Pace } from '../protocol/types.ts';
import { DataSection } from './data-section.tsx';
import { keepDraft } from './draft.ts';
import { ErrorNote } from './error-note.tsx';
import { EverywhereSection } from './everywhere-section.tsx';
import { Bird, Icon } from './icons.tsx';
import { LanguageSection } from './language-section.tsx';
import { PromptsSection } from './prompts-section.tsx';
import { SettingsState } from './settings-state.ts';
import { speakUserLanguage } from './speak.ts';
import { SummaryChoices } from './start.tsx';
import './tokens.css';
import './theme.css';
import './controls.css';
import './summary.css';
import './page.css';
import './settings.css';

const everywhere = { is: isEverywhere, set: setEverywhere };

export async function openSettings(place: HTMLElement): Promise<void> {
  const language = await chosenLanguage();
  await speakUserLanguage('settings-title');
  const state = new SettingsState(connectToEngine(), {
    version: extensionVersion(),
    language,
    async chooseLanguage(tag) {
      await chooseLanguage(tag);
      // Every text of the page is another one.
      location.reload();
    },
    shortcut: await startShortcut(),
    openModels: () => void openPage('models.html'),
    async eraseRest() {
      keepDraft('');
      if ((await isEverywhere()) === true) await setEverywhere(false);
      await chooseLanguage(undefined);
    },
  });
  render(<SettingsPage state={state} />, place);
}

function SettingsPage({ state }: { state: SettingsState }) {
  const settings = state.live.settings.value;
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
        <EverywhereSection key={state.erasing.value} everywhere={everywhere} />
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
          <PaceSection pace={settings.pace} onPace={(pace) => void state.change({ pace })} />
          <CacheSection cache={settings.cache ?? 'plain'} onCache={(cache) => void state.change({ cache })} />
          <PromptsSection prompts={settings.prompts} onChange={(prompts) => void state.change({ prompts })} />
          <DataSection state={state} />
        </>
      )}
      <About state={state} />
    </main>
  );
}

function UiLanguage({ state: { outside } }: { state: SettingsState }) {
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

const PACES: readonly Pace[] = ['polite', 'balanced', 'full'];

function PaceSection({ pace, onPace }: { pace: Pace; onPace(pace: Pace): void }) {
  const choices = PACES.map((value) => ({ value, text: t(`pace-${value}`), hint: t(`pace-${value}-hint`) }));
  return (
    <Choices
      name="pace"
      title={t('pace-title')}
      hint={t('pace-hint')}
      choices={choices}
      chosen={pace}
      onChoose={onPace}
    />
  );
}

const CACHES: readonly CacheForm[] = ['plain', 'q8'];

function CacheSection({ cache, onCache }: { cache: CacheForm; onCache(cache: CacheForm): void }) {
  const choices = CACHES.map((value) => ({
    value,
    text: t(`cache-${value}`),
    hint: t(`cache-${value}-hint`),
  }));
  return (
    <Choices
      name="cache"
      title={t('cache-title')}
      hint={t('cache-hint')}
      choices={choices}
      chosen={cache}
      onChoose={onCache}
    />
  );
}

interface ChoicesProps<T> {
  /** Of the radio buttons. */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly choices: readonly { readonly value: T; readonly text: string; readonly hint: string }[];
  readonly chosen: T;
  onChoose(value: T): void;
}

/** One of a few, each with what it means. */
function Choices<T extends string>({ name, title, hint, choices, chosen, onChoose }: ChoicesProps<T>) {
  return (
    <fieldset class="stack plain">
      <legend>
        <h2>{title}</h2>
      </legend>
      <p class="soft small">{hint}</p>
      {choices.map((choice) => (
        <label key={choice.value} class={`choice${choice.value === chosen ? ' on' : ''}`}>
          <input
            type="radio"
            name={name}
            checked={choice.value === chosen}
            onChange={() => onChoose(choice.value)}
          />
          <span>
            <strong>{choice.text}</strong>
            <span class="soft small">{choice.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function About({ state: { outside } }: { state: SettingsState }) {
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

/** The page in the engine's pinned tab, in browsers without offscreen documents. */
import { render } from 'preact';
import { t } from '../../i18n/index.ts';
import { Bird } from '../kit/icons.tsx';
import { applyLocale } from '../kit/load-locale.ts';
import '../styles/tokens.css';
import '../styles/theme.css';
import '../styles/page.css';

/** Renders the page. A second call with another text replaces the first. */
export async function showEnginePage(
  root: HTMLElement,
  text: 'engine-tab' | 'engine-elsewhere',
): Promise<void> {
  await applyLocale('engine-title');
  render(
    <div class="page">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('popup-title')}</h1>
          <p>{t(text)}</p>
        </div>
      </header>
      {text === 'engine-tab' && <p class="soft">{t('engine-tab-hint')}</p>}
    </div>,
    root,
  );
}

/** Buttons that translate the page, and the text the user wrote in it. */
import { t } from '../../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import type { Translatable } from './assistant-browser.ts';

interface TranslateButtonsProps {
  /** Whether the page has a field with text. */
  readonly written: boolean;
  /** Whether the page lets nobody select its text: who looks for a selection to translate is told what can be. */
  readonly unselectable?: boolean | undefined;
  onTranslate(what: Translatable): void;
}

export function TranslateButtons({ written, unselectable, onTranslate }: TranslateButtonsProps) {
  return (
    <>
      <button type="button" class="button" onClick={() => onTranslate('page')}>
        <Icon name="translate" />
        {t('translate-page')}
      </button>
      {unselectable === true && <p class="small soft">{t('page-unselectable')}</p>}
      {written && (
        <button type="button" class="button" onClick={() => onTranslate('written')}>
          <Icon name="edit" />
          {t('translate-written')}
        </button>
      )}
    </>
  );
}

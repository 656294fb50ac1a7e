/** Chooses source and target language, and swaps them. */
import { languages, nearestLanguage, ownName, t } from '../../i18n/index.ts';
import { Icon } from './icons.tsx';

interface LanguageChoiceProps {
  /** BCP 47; undefined while it is unknown. */
  readonly from: string | undefined;
  readonly to: string;
  /** Whether the model does not write a language; it can be chosen, and is marked. */
  readonly unwritten?: ((tag: string) => boolean) | undefined;
  onFrom(tag: string): void;
  onTo(tag: string): void;
  onSwap(): void;
}

export function LanguageChoice({ from, to, unwritten, onFrom, onTo, onSwap }: LanguageChoiceProps) {
  return (
    <div class="languages">
      <SourceChoice from={from} onFrom={onFrom} />
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('swap-languages')}
        title={t('swap-languages')}
        disabled={from === undefined}
        onClick={onSwap}
      >
        <Icon name="swap" />
      </button>
      <TargetChoice to={to} unwritten={unwritten} onTo={onTo} />
    </div>
  );
}

export function SourceChoice({ from, onFrom }: Pick<LanguageChoiceProps, 'from' | 'onFrom'>) {
  const known = from === undefined ? '' : listed(from);
  return (
    <select
      class="field"
      aria-label={t('translate-from')}
      value={known}
      onChange={(event) => onFrom(event.currentTarget.value)}
    >
      {known === '' && (
        <option value="" disabled>
          {t('language-unknown')}
        </option>
      )}
      {known !== '' && !languages.includes(known) && <option value={known}>{ownName(known)}</option>}
      <LanguageOptions />
    </select>
  );
}

type TargetChoiceProps = Pick<LanguageChoiceProps, 'to' | 'onTo'> & Marking;

export function TargetChoice({ to, unwritten, onTo }: TargetChoiceProps) {
  return (
    <select
      class="field"
      aria-label={t('translate-into')}
      value={to}
      onChange={(event) => onTo(event.currentTarget.value)}
    >
      <LanguageOptions unwritten={unwritten} />
    </select>
  );
}

interface Marking {
  readonly unwritten?: ((tag: string) => boolean) | undefined;
}

/** One option per supported language, each in its own name. */
export function LanguageOptions({ unwritten = () => false }: Marking) {
  return (
    <>
      {languages.map((tag) => (
        <option key={tag} value={tag}>
          {unwritten(tag) ? t('language-unwritten', { language: ownName(tag) }) : ownName(tag)}
        </option>
      ))}
    </>
  );
}

/** Returns the supported language nearest to `tag`, without regard to the region; an unsupported one unchanged. */
function listed(tag: string): string {
  const nearest = nearestLanguage(tag);
  // `nearestLanguage` returns English for a language it does not know.
  const isEnglish = new Intl.Locale(tag).language === 'en';
  return nearest === 'en' && !isEnglish ? tag : nearest;
}

import { number, t } from '../../../i18n/index.ts';
import { Icon } from '../../kit/icons.tsx';

/** Says that only the beginning of a very long page was read; undefined if all of it was. */
export function PageCut({ characters }: { characters: number | undefined }) {
  if (characters === undefined) return null;
  return (
    <p class="aside">
      <Icon name="page" />
      <span>{t('page-cut', { count: number(characters) })}</span>
    </p>
  );
}

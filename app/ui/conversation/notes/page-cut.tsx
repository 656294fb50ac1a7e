import { number, t } from '../../../i18n/index.ts';
import { Icon } from '../../kit/icons.tsx';

interface PageCutProps {
  /** Characters that were read; undefined if the whole page was. */
  readonly characters: number | undefined;
}

/** Says that only the beginning of a very long page was read. */
export function PageCut({ characters }: PageCutProps) {
  if (characters === undefined) return null;
  return (
    <p class="aside">
      <Icon name="page" />
      <span>{t('page-cut', { count: number(characters) })}</span>
    </p>
  );
}

/** Shows whether the next question is about the page, and changes that. */
import { t } from '../../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';

export interface AboutPage {
  readonly title: string;
  /** Whether the next question is about the page. */
  readonly on: boolean;
  /** Whether it is the page in front. */
  readonly inFront: boolean;
}

interface PageChipProps extends AboutPage {
  onPage(on: boolean): void;
}

export function PageChip({ title, on, inFront, onPage }: PageChipProps) {
  if (!on) {
    return (
      <button type="button" class="button quiet little add-page" title={title} onClick={() => onPage(true)}>
        <Icon name="plus" />
        {t(inFront ? 'about-page-add' : 'about-other-add')}
      </button>
    );
  }
  const removeLabel = t(inFront ? 'about-page-remove' : 'about-other-remove');
  return (
    <span class="chip small" title={title}>
      <Icon name="page" />
      <span class="chip-text">{t(inFront ? 'about-page' : 'about-other')}</span>
      {title !== '' && (
        <span class="chip-title soft" dir="auto">
          {title}
        </span>
      )}
      <button type="button" aria-label={removeLabel} title={removeLabel} onClick={() => onPage(false)}>
        <Icon name="close" />
      </button>
    </span>
  );
}

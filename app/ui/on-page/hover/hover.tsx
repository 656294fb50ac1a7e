/** The small bubble beside the paragraph that is pointed at: its translation, as it is written. */
import { t } from '../../../i18n/index.ts';
import type { HoverModel } from './hover-model.ts';

export function Hover({ controller }: { controller: HoverModel }) {
  if (!controller.shown.value) return null;
  const failure = controller.failure.value;
  const text = controller.text.value;
  return (
    <div class="hover surface" role="status" aria-live="polite">
      {failure !== undefined ? (
        <p class="small soft">{t(`error-${failure.code}`)}</p>
      ) : text === '' ? (
        <p class="small soft">{t('status-reading-text')}</p>
      ) : (
        <p class="text" dir="auto" lang={controller.language.value}>
          {text}
        </p>
      )}
    </div>
  );
}

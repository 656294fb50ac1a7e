/** The way out of an error whose next step is on the Models page, from what lies on a web page. */
import type { ErrorCode, WireError } from '../../protocol/errors.ts';
import { t } from '../../i18n/index.ts';
import { askForModels } from '../../browser/open-models.ts';

const LEADS_THERE: readonly ErrorCode[] = [
  'no-model',
  'store-missing',
  'store-full',
  'store-damaged',
  'gpu-limit',
  'model-unknown',
  'template-failed',
];

/** Undefined for all other errors. */
export function modelsButton({ code }: WireError) {
  if (!LEADS_THERE.includes(code)) return undefined;
  return (
    <button type="button" class="button primary little" onClick={() => void askForModels()}>
      {t('models')}
    </button>
  );
}

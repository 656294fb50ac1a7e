/** A button that opens the Models page, for errors on a web page that can be solved there. */
import type { ErrorCode, WireError } from '../../protocol/errors.ts';
import { t } from '../../i18n/index.ts';

const MODEL_ERRORS: readonly ErrorCode[] = [
  'no-model',
  'server-down',
  'server-refused',
  'server-unlike',
  'server-model',
  'server-key',
  'server-permission',
  'server-private',
  'store-missing',
  'store-full',
  'store-damaged',
  'gpu-limit',
  'model-unknown',
  'template-failed',
];

/** Returns undefined for all other errors. */
export function modelsButton({ code }: WireError, onOpen: () => void) {
  if (!MODEL_ERRORS.includes(code)) return undefined;
  return (
    <button type="button" class="button primary little" onClick={onOpen}>
      {t('models')}
    </button>
  );
}

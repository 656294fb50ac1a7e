/** Says that an access token for the hub is there, and removes it. */
import { t } from '../../../i18n/index.ts';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

export function TokenNote({ controller }: { controller: ModelsController }) {
  const place = controller.worker.models.value?.hubToken;
  if (place === undefined) return null;
  return (
    <div class="row token-note">
      <p class="small">{t(place === 'device' ? 'token-kept' : 'token-session')}</p>
      <button
        type="button"
        class="button quiet little danger"
        onClick={() => void controller.useToken('', false)}
      >
        <Icon name="bin" />
        {t('token-remove')}
      </button>
    </div>
  );
}

/** Files that are no whole model yet: what is here, what is missing, and a way on without it. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { WEIGHTS } from '../../files/two-goes.ts';
import type { ModelsController } from '../models-controller.ts';

/** Names that are shown of many. */
const MOST = 6;

export function RestCard({ controller }: { controller: ModelsController }) {
  const rest = controller.rest.value;
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => card.current?.scrollIntoView?.({ block: 'nearest' }), [rest]);
  if (rest === undefined) return null;
  const here = rest.files.map(({ path }) => path.split('/').pop() as string);
  return (
    <div class="card rest" role="status" ref={card}>
      <h3>{t('rest-title')}</h3>
      <p class="small">{t('rest-missing', { files: listed(rest.missing) })}</p>
      <p class="soft small">{t('rest-here', { files: listed(here) })}</p>
      <div class="row">
        <button type="button" class="button little" onClick={() => void controller.importRest()}>
          {t('rest-anyway')}
        </button>
        <button
          type="button"
          class="button quiet little"
          onClick={() => {
            controller.rest.value = undefined;
          }}
        >
          {t('cancel')}
        </button>
      </div>
    </div>
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST).map((name) => (name === WEIGHTS ? t('rest-weights') : isolated(name)));
  return [...shown, ...(names.length > MOST ? ['…'] : [])].join(', ');
}

/** File names keep their order of characters in texts from right to left. */
const isolated = (name: string): string => `\u2066${name}\u2069`;

/** Lists the sites that a person summarised lately, which of them are read when they have come to rest, and forgets them. */
import { t } from '../../i18n/index.ts';
import { OFTEN_DAYS, OFTEN_TIMES, summariesOfSites } from '../../text/sites/often.ts';
import { IconButton } from '../kit/icon-button.tsx';
import { Icon } from '../kit/icons.tsx';
import type { SettingsController } from './settings-controller.ts';

export function OftenSection({ controller }: { controller: SettingsController }) {
  const settings = controller.worker.settings.value;
  // Where reading ahead is turned off, no site is remembered.
  if (settings === undefined || settings.readAhead === 'never') return null;
  const { summarised = [] } = settings;
  const sites = summariesOfSites(summarised, Date.now());
  const forget = (site?: string) => {
    const rest = summarised.filter((each) => site !== undefined && each.site !== site);
    void controller.change({ summarised: rest.length === 0 ? undefined : rest });
  };
  return (
    <section class="stack">
      <h2>{t('often-title')}</h2>
      <p class="soft small">{t('often-hint', { n: OFTEN_TIMES, days: OFTEN_DAYS })}</p>
      {controller.allSites.value !== true && <p class="soft small">{t('often-access')}</p>}
      {sites.length === 0 && <p class="small">{t('often-none')}</p>}
      <ul class="prompts">
        {sites.map(([site, times]) => (
          <li class="prompt" key={site}>
            <p>
              <span dir="ltr">{site}</span>
              <span class="soft small">
                {t('often-count', { n: times })}
                {times >= OFTEN_TIMES && ` · ${t('often-read')}`}
              </span>
            </p>
            <IconButton icon="bin" label={t('often-forget', { site })} onClick={() => forget(site)} />
          </li>
        ))}
      </ul>
      {sites.length > 1 && (
        <div class="row">
          <button type="button" class="button" onClick={() => forget()}>
            <Icon name="bin" />
            {t('often-forget-all')}
          </button>
        </div>
      )}
    </section>
  );
}

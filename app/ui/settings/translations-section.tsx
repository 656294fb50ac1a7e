/** Shows the translations that are stored, and deletes one or all of them. */
import { t } from '../../i18n/index.ts';
import type { Job } from '../../protocol/types.ts';
import { IconButton } from '../kit/icon-button.tsx';
import type { SettingsController } from './settings-controller.ts';

export function TranslationsSection({ controller }: { controller: SettingsController }) {
  const jobs = controller.translations.value;
  if (jobs === undefined) return null;
  return (
    <section class="stack">
      <h2>{t('translations-title')}</h2>
      <p class="soft small">{t('translations-hint')}</p>
      {jobs.length === 0 ? (
        <p class="small">{t('translations-none')}</p>
      ) : (
        <details>
          <summary>{t('translations-count', { n: jobs.length })}</summary>
          <ul class="prompts">
            {jobs.map((job) => (
              <Translation
                key={job.id}
                job={job}
                onDelete={() => void controller.deleteTranslations([job.id])}
              />
            ))}
          </ul>
        </details>
      )}
      {jobs.length > 0 && (
        <div class="row">
          <button type="button" class="button danger" onClick={() => void controller.deleteTranslations()}>
            {t('translations-delete')}
          </button>
        </div>
      )}
    </section>
  );
}

function Translation({ job, onDelete }: { job: Job; onDelete(): void }) {
  const { request } = job;
  if (request.kind !== 'translation') return null;
  return (
    <li class="prompt">
      <p>
        <span class="two-lines" dir="auto" lang={request.from}>
          {request.text}
        </span>
        <span class="soft small two-lines" dir="auto" lang={request.language}>
          {job.text}
        </span>
      </p>
      <IconButton icon="bin" label={t('translation-delete')} onClick={onDelete} />
    </li>
  );
}

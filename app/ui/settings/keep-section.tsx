/** Chooses how long conversations are kept, and sites that are never kept. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { KeepFor } from '../../protocol/keeping.ts';
import { typedSite } from '../../text/sites/sites.ts';
import { IconButton } from '../kit/icon-button.tsx';
import { Icon } from '../kit/icons.tsx';
import { useFocus } from '../kit/use-focus.ts';
import { Choices } from './choices.tsx';
import type { SettingsController } from './settings-controller.ts';

const ALWAYS = 'always';
const KEPT: readonly (KeepFor | typeof ALWAYS)[] = [ALWAYS, 'month', 'week', 'day', 'session'];

export function KeepSection({ controller }: { controller: SettingsController }) {
  const settings = controller.worker.settings.value;
  const shortening = controller.shortening.value;
  if (settings === undefined) return null;
  const chosen = shortening?.keepFor ?? settings.keepFor ?? ALWAYS;
  const { neverKept = [] } = settings;
  return (
    <>
      <div class="stack">
        <Choices
          name="keep"
          values={KEPT}
          chosen={chosen}
          text={(value) => [t(`keep-${value}`), t(`keep-${value}-hint`)]}
          onChoose={(value) => void controller.chooseKeeping(value === ALWAYS ? undefined : value)}
        />
        {shortening !== undefined && (
          <Shorten
            older={shortening.older}
            onDelete={() => void controller.keepFor(shortening.keepFor)}
            onCancel={() => controller.keepAsBefore()}
          />
        )}
      </div>
      <NeverKept sites={neverKept} onChange={(sites) => void controller.change({ neverKept: sites })} />
    </>
  );
}

function Shorten({ older, onDelete, onCancel }: { older: number; onDelete(): void; onCancel(): void }) {
  const cancel = useFocus<HTMLButtonElement>();
  return (
    <div class="note" role="alertdialog" aria-label={t('keep-shorten')} aria-describedby="keep-older">
      <p id="keep-older">{t('keep-older', { n: older })}</p>
      <div class="row">
        <button type="button" class="button danger" onClick={onDelete}>
          {t('keep-shorten')}
        </button>
        <button type="button" class="button" onClick={onCancel} ref={cancel}>
          {t('cancel')}
        </button>
      </div>
    </div>
  );
}

interface NeverKeptProps {
  readonly sites: readonly string[];
  onChange(sites: readonly string[] | undefined): void;
}

function NeverKept({ sites, onChange }: NeverKeptProps) {
  const [typed, setTyped] = useState('');
  const [invalid, setInvalid] = useState(false);
  const add = (event: Event) => {
    event.preventDefault();
    const site = typedSite(typed);
    setInvalid(site === undefined);
    if (site === undefined) return;
    setTyped('');
    if (!sites.includes(site)) onChange([...sites, site].sort());
  };
  const remove = (site: string) => {
    const rest = sites.filter((each) => each !== site);
    onChange(rest.length === 0 ? undefined : rest);
  };
  return (
    <section class="stack">
      <h2>{t('never-title')}</h2>
      <p class="soft small">{t('never-hint')}</p>
      <ul class="prompts">
        {sites.map((site) => (
          <li class="prompt" key={site}>
            <p dir="ltr">{site}</p>
            <IconButton icon="bin" label={t('never-remove', { site })} onClick={() => remove(site)} />
          </li>
        ))}
      </ul>
      <form class="never-form" onSubmit={add} noValidate>
        <label class="label narrow">
          {t('never-label')}
          <input
            class="field"
            dir="ltr"
            inputMode="url"
            autoCapitalize="none"
            spellcheck={false}
            placeholder="example.org"
            value={typed}
            aria-invalid={invalid}
            aria-describedby={invalid ? 'never-invalid' : undefined}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          <Icon name="plus" />
          {t('never-add')}
        </button>
      </form>
      {invalid && (
        <p class="small" role="alert" id="never-invalid">
          {t('never-invalid')}
        </p>
      )}
    </section>
  );
}

/**
 * The catalogue as cards, grouped by what models are best at: their tasks, sizes, licence, whether they fit this device, and a
 * button to get each.
 */
import {
  addressOf,
  type CatalogueEntry,
  type CatalogueStrength,
  STRENGTHS,
} from '../../../catalogue/catalogue.ts';
import { type DeviceFacts, type Fit, fitOf } from '../../../catalogue/fit.ts';
import { bytes, dollars, languageNames, number, t } from '../../../i18n/index.ts';
import type { Models } from '../../../protocol/types.ts';
import { useDevice } from './device-section.tsx';
import { type Definition, DefinitionList } from '../../kit/definition-list.tsx';
import { FitBadge, FitReasons } from './fit-badge.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

export function CatalogueSection({ controller }: { controller: ModelsController }) {
  const device = useDevice(controller);
  const groups = STRENGTHS.map((strength) => ({
    strength,
    entries: controller.catalogue.filter(({ bestAt }) => bestAt === strength),
  })).filter(({ entries }) => entries.length > 0);
  return (
    <section class="stack" id="catalogue" aria-labelledby="catalogue-title">
      <div class="stack">
        <h2 id="catalogue-title">{t('catalogue-title')}</h2>
        <p class="soft small">{t('catalogue-intro')}</p>
        <nav class="row jumps" aria-label={t('catalogue-best')}>
          {groups.map(({ strength }) => (
            <a key={strength} class="button little" href={`#best-${strength}`}>
              {t(`best-${strength}`)}
            </a>
          ))}
        </nav>
      </div>
      {groups.map(({ strength, entries }) => (
        <Group key={strength} strength={strength} entries={entries} device={device} controller={controller} />
      ))}
    </section>
  );
}

interface GroupProps {
  readonly strength: CatalogueStrength;
  readonly entries: readonly CatalogueEntry[];
  readonly device: DeviceFacts | undefined;
  readonly controller: ModelsController;
}

/** Cards of a group that are shown at once. */
const SHOWN = 4;

/** What fits well comes first, in the order of the list; a long rest, and what does not fit, is a line until it is opened. */
function Group({ strength, entries, device, controller }: GroupProps) {
  const resultOf = (entry: CatalogueEntry) =>
    device === undefined ? undefined : fitOf(entry, device).result;
  const all = entries.map((entry) => ({ entry, result: resultOf(entry) }));
  const fitting = [
    ...all.filter(({ result }) => result !== 'no' && result !== 'tight'),
    ...all.filter(({ result }) => result === 'tight'),
  ];
  const shown = fitting.slice(0, SHOWN);
  const left = [...fitting.slice(SHOWN), ...all.filter(({ result }) => result === 'no')];
  const cards = (found: typeof all) => (
    <ul class="cards catalogue">
      {found.map(({ entry }) => (
        <li key={entry.id}>
          <Card entry={entry} device={device} controller={controller} />
        </li>
      ))}
    </ul>
  );
  return (
    <section class="stack group" id={`best-${strength}`} aria-labelledby={`best-${strength}-title`}>
      <div>
        <h3 id={`best-${strength}-title`}>{t(`best-${strength}`)}</h3>
        <p class="soft small">{t(`best-${strength}-hint`)}</p>
      </div>
      {shown.length > 0 && cards(shown)}
      {left.length > 0 && (
        <details class="more">
          <summary class="small">{t('catalogue-more', { n: left.length })}</summary>
          {cards(left)}
        </details>
      )}
    </section>
  );
}

interface CatalogueCardProps {
  readonly entry: CatalogueEntry;
  readonly device: DeviceFacts | undefined;
  readonly controller: ModelsController;
}

function Card({ entry, device, controller }: CatalogueCardProps) {
  const fit = device && fitOf(entry, device);
  const installed = installStateOf(entry, controller.worker.models.value);
  return (
    <article class={`card model${fit?.result === 'no' ? ' dim' : ''}`}>
      <div class="row head">
        <h4 dir="auto">{entry.name}</h4>
        {fit !== undefined && <FitBadge result={fit.result} />}
      </div>
      <p class="tasks small">{entry.goodAt.map((task) => t(`good-${task}`)).join(' · ')}</p>
      <p class="small">
        {t('catalogue-sizes-text', { wire: bytes(entry.wireBytes), device: bytes(entry.deviceBytes) })}
      </p>
      {fit !== undefined && <FitReasons fit={fit} />}
      <Details entry={entry} />
      <div class="row">
        <GetButton entry={entry} fit={fit} installed={installed} controller={controller} />
      </div>
    </article>
  );
}

type InstallState = 'stored' | 'importing' | undefined;

export function installStateOf(
  { repository, name }: CatalogueEntry,
  models: Models | undefined,
): InstallState {
  const is = (other: string | undefined) => other === repository || other === name;
  if (models?.stored.some((model) => is(model.name))) return 'stored';
  return models?.imports.some((entry) => is(entry.name)) ? 'importing' : undefined;
}

interface GetButtonProps {
  readonly entry: CatalogueEntry;
  readonly fit: Fit | undefined;
  readonly installed: InstallState;
  readonly controller: ModelsController;
}

function GetButton({ entry, fit, installed, controller }: GetButtonProps) {
  if (installed !== undefined) {
    return (
      <p class="small soft state">
        <Icon name={installed === 'stored' ? 'check' : 'download'} />
        {t(installed === 'stored' ? 'catalogue-here' : 'catalogue-coming')}
      </p>
    );
  }
  return (
    <button
      type="button"
      class="button little"
      aria-label={t('catalogue-get-named', { name: entry.name })}
      disabled={fit?.result === 'no'}
      onClick={() =>
        void controller.request('import-address', { address: addressOf(entry), name: entry.name })
      }
    >
      <Icon name="download" />
      {t('catalogue-get')}
    </button>
  );
}

function Details({ entry }: { entry: CatalogueEntry }) {
  const shown = languageNames(entry.languages.slice(0, 5));
  const more = entry.languageCount - Math.min(5, entry.languages.length);
  const rows: readonly Definition[] = [
    [t('catalogue-languages'), more > 0 ? t('catalogue-more-languages', { list: shown, n: more }) : shown],
    [
      t('catalogue-memory'),
      t('catalogue-memory-text', { gpu: bytes(entry.gpuBytes), device: `${number(entry.memoryGiB)} GB` }),
    ],
    [
      t('catalogue-licence'),
      <span key="licence">
        <a href={entry.licence.address} target="_blank" rel="noopener noreferrer">
          {entry.licence.name}
        </a>
        . {t(`licence-${entry.licence.terms}`, { amount: dollars(entry.licence.limitUsd ?? 0) })}
      </span>,
    ],
    [
      t('catalogue-repository'),
      <span key="from" dir="ltr">
        {entry.repository}
      </span>,
    ],
  ];
  return (
    <details class="small">
      <summary>{t('catalogue-details')}</summary>
      <DefinitionList rows={rows} />
      {!entry.checked && <p class="soft">{t('catalogue-unchecked')}</p>}
    </details>
  );
}

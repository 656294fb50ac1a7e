/** The models of a repository, to choose from; and what to do where a hub withholds one. */
import { useState } from 'preact/hooks';
import type { FoundModels, ModelChoice } from '../../../../engine/index.ts';
import { fitOf, needsOf, recommendChoice } from '../../../catalogue/fit.ts';
import { bytes, t } from '../../../i18n/index.ts';
import type { WireError } from '../../../protocol/errors.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import type { ModelsController } from '../models-controller.ts';
import { useDevice } from './device-section.tsx';
import { FitBadge } from './fit-badge.tsx';

export function Choices({ found, controller }: { found: FoundModels; controller: ModelsController }) {
  const device = useDevice(controller);
  const best = recommendChoice(found.choices, device);
  const { repository, choices } = found;
  if (choices.length === 0) {
    return (
      <p class="found" role="status">
        {t('choice-none')}
      </p>
    );
  }
  // The recommended one first, so that nobody has to look for it, and what cannot be had last.
  const others = choices.filter((choice) => choice !== best);
  const readable = others.filter((choice) => choice.readable);
  const unreadable = others.filter((choice) => !choice.readable);
  const shown = [...(best === undefined ? [] : [best]), ...readable, ...unreadable];
  return (
    <div class="card found" role="status">
      <h3 dir="auto">{t('choices-title', { count: choices.length, repository })}</h3>
      <p class="soft small">{t('choices-hint')}</p>
      <ul class="choices">
        {shown.map((choice) => (
          <li key={choice.address} class={`row between${choice.readable ? '' : ' soft'}`}>
            <div class="about">
              <p class="row">
                <strong dir="ltr">{choice.label}</strong>
                {choice === best && <span class="badge">{t('choice-recommended')}</span>}
                {choice.readable && device !== undefined && (
                  <FitBadge result={fitOf(needsOf(choice), device).result} />
                )}
              </p>
              <p class="soft small">{sizes(choice)}</p>
            </div>
            {choice.readable && (
              <button
                type="button"
                class={`button little${choice === best ? ' primary' : ''}`}
                aria-label={t('choice-use', { name: choice.label })}
                onClick={() => void controller.previewChoice(choice)}
              >
                {t('own-look')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function sizes({ readable, bytes: wire, storedBytes }: ModelChoice): string {
  if (!readable) return t('choice-unreadable');
  return t('choice-size', { wire: bytes(wire), device: bytes(storedBytes) });
}

/** Says what a mirror is, before anything is asked of it. */
export function MirrorQuestion({
  origin,
  controller,
  again,
}: {
  origin: string;
  controller: ModelsController;
  again(): void;
}) {
  const { host } = new URL(origin);
  const ask = async () => {
    if (await controller.environment.askToFetchFrom(origin)) again();
  };
  return (
    <div class="card found" role="status">
      <p class="small">{t('mirror-ask', { host })}</p>
      <div class="row">
        <button type="button" class="button" onClick={() => void ask()}>
          {t('mirror-allow', { host })}
        </button>
      </div>
    </div>
  );
}

/** Errors that an access token may mend. */
const WITHHELD: readonly WireError['code'][] = ['source-gated', 'source-not-found', 'source-token'];

/** Why an address gave no model; for a model that is withheld, the link to its page and a field for a token. */
export function Refused({
  error,
  controller,
  again,
}: {
  error: WireError;
  controller: ModelsController;
  again(): void;
}) {
  const page = error.where ?? '';
  // A token goes to the hub and to this machine, not to mirrors.
  const isMirror = /^https:\/\/(?!huggingface\.co\/)/.test(page);
  const withheld = WITHHELD.includes(error.code) && !isMirror;
  const link =
    WITHHELD.includes(error.code) && /^https:\/\//.test(page) ? (
      <a href={page} target="_blank" rel="noreferrer">
        {t('token-page')}
      </a>
    ) : undefined;
  return (
    <div class="found stack">
      <ErrorNote error={error}>{link}</ErrorNote>
      {withheld && <TokenForm controller={controller} again={again} />}
    </div>
  );
}

/** Not a form element: it stands inside that of the address. */
function TokenForm({ controller, again }: { controller: ModelsController; again(): void }) {
  const [token, setToken] = useState('');
  const [keep, setKeep] = useState(false);
  const send = async () => {
    await controller.useToken(token.trim(), keep);
    setToken('');
    again();
  };
  return (
    <div class="card stack">
      <label class="label">
        {t('token-label')}
        <input
          class="field"
          type="password"
          autoComplete="off"
          spellcheck={false}
          dir="ltr"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            // Else it would send the form around it, and the address would be asked for again without the token.
            event.preventDefault();
            if (token.trim() !== '') void send();
          }}
        />
      </label>
      <label class="row small keep">
        <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        {t('token-keep')}
      </label>
      <p class="soft small">{t('token-hint')}</p>
      <div class="row">
        <button type="button" class="button" disabled={token.trim() === ''} onClick={() => void send()}>
          {t('token-use')}
        </button>
      </div>
    </div>
  );
}

/** The models on this device: which one answers, how large they are, use, check and delete. */
import { useState } from 'preact/hooks';
import type { StoredModel } from '../../engine/index.ts';
import { bytes, date, t } from '../i18n/index.ts';
import type { Models } from '../protocol/types.ts';
import { ErrorNote } from './error-note.tsx';
import { Icon } from './icons.tsx';
import type { ModelsState, Verified } from './models-state.ts';
import { NowCard } from './now-card.tsx';
import { StorageMeter } from './storage-meter.tsx';

export function StoredSection({ state }: { state: ModelsState }) {
  const models = state.live.models.value;
  if (models === undefined) return <p class="soft">{t('model-connecting')}</p>;
  const { active, stored, storage } = models;
  const activeId = 'model' in active ? active.model.id : undefined;
  return (
    <section class="stack">
      <h2>{t('stored-title')}</h2>
      <NowCard active={active} state={state} />
      {stored.length === 0 && <p class="soft">{t('stored-none')}</p>}
      <ul class="cards">
        {stored.map((model) => (
          <Card
            key={model.id}
            model={model}
            active={activeId === model.id ? active : undefined}
            state={state}
          />
        ))}
      </ul>
      {storage !== undefined && storage.quota > 0 && <StorageMeter stored={stored} {...storage} />}
    </section>
  );
}

interface CardProps {
  readonly model: StoredModel;
  /** Given for the model that answers. */
  readonly active: Models['active'] | undefined;
  readonly state: ModelsState;
}

function Card({ model, active, state }: CardProps) {
  const [asked, setAsked] = useState(false);
  const verified = state.verified.value.get(model.id);
  return (
    <li class={`card${active === undefined ? '' : ' on'}`}>
      <div class="row head">
        <h3 dir="auto">{model.name}</h3>
        {model.demo === true && <span class="tag">{t('model-demo')}</span>}
        {active !== undefined && (
          <span class="tag on">{t(active.kind === 'ready' ? 'loaded' : 'in-use')}</span>
        )}
      </div>
      <p class="soft small">
        {t('model-facts', { size: bytes(model.bytes), weights: model.weights, context: model.contextLength })}
        {' · '}
        {t('model-imported', { date: date(model.importedAt) })}
      </p>
      {model.demo === true && <p class="small">{t('model-demo-hint')}</p>}
      {!model.hasChatTemplate && <p class="small">{t('no-template')}</p>}
      {verified !== undefined && <VerifiedNote verified={verified} />}
      {asked ? (
        <DeleteQuestion
          model={model}
          onKeep={() => setAsked(false)}
          onDelete={() => void state.request('delete-model', { id: model.id })}
        />
      ) : (
        <div class="row">
          {active === undefined && (
            <button
              type="button"
              class="button little"
              onClick={() => void state.request('use-model', { id: model.id })}
            >
              {t('use')}
            </button>
          )}
          <button
            type="button"
            class="button little"
            aria-label={t('verify-named', { name: model.name })}
            disabled={verified?.kind === 'running'}
            onClick={() => void state.verify(model.id)}
          >
            <Icon name="shield" />
            {t('verify')}
          </button>
          <button type="button" class="button quiet little danger" onClick={() => setAsked(true)}>
            <Icon name="bin" />
            {t('delete')}
          </button>
        </div>
      )}
    </li>
  );
}

function VerifiedNote({ verified }: { verified: Verified }) {
  if (verified.kind === 'failed') return <ErrorNote error={verified.error} />;
  return (
    <p class="small verified" role="status">
      {verified.kind === 'good' && <Icon name="check" />}
      {verified.kind === 'good' ? t('verify-good', { size: bytes(verified.bytes) }) : t('verify-running')}
    </p>
  );
}

function DeleteQuestion({
  model,
  onKeep,
  onDelete,
}: {
  model: StoredModel;
  onKeep(): void;
  onDelete(): void;
}) {
  return (
    <div class="note" role="alertdialog" aria-label={t('delete-confirm', { name: model.name })}>
      <p>
        <strong>{t('delete-confirm', { name: model.name })}</strong>{' '}
        {t('delete-confirm-hint', { size: bytes(model.bytes) })}
      </p>
      <div class="row">
        <button type="button" class="button little danger" onClick={onDelete}>
          {t('delete')}
        </button>
        <button type="button" class="button little" onClick={onKeep} ref={(button) => button?.focus()}>
          {t('keep')}
        </button>
      </div>
    </div>
  );
}

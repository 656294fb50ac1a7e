/** The models on this device: which one answers, how large they are, use and delete. */
import { useState } from 'preact/hooks';
import type { StoredModel } from '../../engine/index.ts';
import { bytes, date, t } from '../i18n/index.ts';
import type { Models } from '../protocol/types.ts';
import { modelProgress } from './model-state.tsx';
import type { ModelsState } from './models-state.ts';

export function StoredSection({ state }: { state: ModelsState }) {
  const models = state.live.models.value;
  if (models === undefined) return <p class="soft">{t('model-connecting')}</p>;
  const { active, stored, storage } = models;
  const activeId = 'model' in active ? active.model.id : undefined;
  return (
    <section class="stack">
      <h2>{t('stored-title')}</h2>
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
      {storage !== undefined && storage.quota > 0 && (
        <div class="storage stack">
          <progress class="bar" aria-hidden="true" value={storage.usage / storage.quota} max={1} />
          <p class="soft small">
            {t('storage-used', { usage: bytes(storage.usage), quota: bytes(storage.quota) })}
          </p>
        </div>
      )}
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
  const part = modelProgress(active);
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
      {active?.kind === 'loading' && (
        <progress class="bar" aria-label={t('model-loading', { name: model.name })} value={part} max={1} />
      )}
      {asked ? (
        <DeleteQuestion
          model={model}
          onKeep={() => setAsked(false)}
          onDelete={() => void state.ask('delete-model', { id: model.id })}
        />
      ) : (
        <div class="row">
          {active === undefined && (
            <button
              type="button"
              class="button little"
              onClick={() => void state.ask('use-model', { id: model.id })}
            >
              {t('use')}
            </button>
          )}
          <button type="button" class="button quiet little danger" onClick={() => setAsked(true)}>
            {t('delete')}
          </button>
        </div>
      )}
    </li>
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

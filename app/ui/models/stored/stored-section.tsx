/** The models on this device: which one is in use, their sizes, and buttons to use, verify and delete. */
import { useState } from 'preact/hooks';
import type { StoredModel } from '../../../../engine/index.ts';
import { isPractice, writesText } from '../../../protocol/model-traits.ts';
import { bytes, date, t } from '../../../i18n/index.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController, VerificationState } from '../models-controller.ts';
import { DialogueNote } from '../dialogue-note.tsx';
import { AbilitiesNote } from './abilities-note.tsx';
import { ActiveModelCard, PendingNote } from './active-model-card.tsx';
import { ImproveNote } from './improve-note.tsx';
import { LossNote } from './loss-note.tsx';
import { StorageMeter } from './storage-meter.tsx';
import { useFocus } from '../../kit/use-focus.ts';

export function StoredSection({ controller }: { controller: ModelsController }) {
  const models = controller.worker.models.value;
  if (models === undefined) return <p class="soft">{t('model-connecting')}</p>;
  const { active, chosen, embedder, stored, storage } = models;
  const loaded = active.kind === 'ready' ? active.model.id : undefined;
  return (
    <section class="stack">
      <h2>{t('stored-title')}</h2>
      <ActiveModelCard active={active} controller={controller} />
      {stored.length === 0 && <p class="soft">{t('stored-none')}</p>}
      <ul class="cards">
        {stored.map((model) => (
          <Card
            key={model.id}
            model={model}
            chosen={model.id === (writesText(model) ? chosen : embedder)}
            loaded={loaded === model.id}
            controller={controller}
          />
        ))}
      </ul>
      {storage !== undefined && storage.quota > 0 && <StorageMeter stored={stored} {...storage} />}
    </section>
  );
}

interface StoredCardProps {
  readonly model: StoredModel;
  /** Whether it is used for tasks without their own model, or for finding passages; another one may be loaded for tasks. */
  readonly chosen: boolean;
  readonly loaded: boolean;
  readonly controller: ModelsController;
}

function Card({ model, chosen, loaded, controller }: StoredCardProps) {
  const [confirming, setConfirming] = useState(false);
  const verified = controller.verified.value.get(model.id);
  return (
    <li class={`card${chosen ? ' on' : ''}`}>
      <div class="row head">
        <h3 dir="auto">{model.name}</h3>
        {isPractice(model) && <span class="tag">{t('model-demo')}</span>}
        {!writesText(model) && <span class="tag">{t('model-search')}</span>}
        {chosen && <span class="tag on">{t('in-use')}</span>}
        {loaded && <span class="tag on">{t('loaded')}</span>}
      </div>
      <p class="soft small" title={model.weights}>
        {t('model-facts', {
          size: bytes(model.bytes),
          weights: weightsText(model.weights),
          context: model.contextLength,
        })}
        {' · '}
        {t('model-imported', { date: date(model.importedAt) })}
      </p>
      {model.hashed === true && (
        <p class="small verified">
          <Icon name="shield" />
          {t('model-hashed')}
        </p>
      )}
      <ImproveNote model={model} controller={controller} />
      <LossNote model={model} controller={controller} />
      {isPractice(model) && <p class="small">{t('model-demo-hint')}</p>}
      {writesText(model) ? (
        <>
          {!model.hasChatTemplate && model.dialogue?.own !== 'failed' && (
            <p class="small">{t('no-template')}</p>
          )}
          <DialogueNote dialogue={model.dialogue} />
          <AbilitiesNote model={model} inUse={chosen} controller={controller} />
        </>
      ) : (
        <p class="small">{t('model-search-hint')}</p>
      )}
      {verified !== undefined && <VerifiedNote verified={verified} />}
      {confirming ? (
        <DeleteDialog
          model={model}
          onKeep={() => setConfirming(false)}
          onDelete={() => {
            setConfirming(false);
            void controller.waitFor('delete-model', { id: model.id });
          }}
        />
      ) : (
        <CardButtons
          model={model}
          chosen={chosen}
          controller={controller}
          onDelete={() => setConfirming(true)}
        />
      )}
    </li>
  );
}

interface ButtonsProps extends Omit<StoredCardProps, 'loaded'> {
  onDelete(): void;
}

function CardButtons({ model, chosen, controller, onDelete }: ButtonsProps) {
  const { id, name } = model;
  const verifying = controller.verified.value.get(id)?.kind === 'running';
  const deleting = controller.isWaiting('delete-model', { id });
  const waiting = controller.isWaiting('use-model', { id });
  return (
    <div class="row" aria-busy={deleting || waiting}>
      {!chosen && (
        <button
          type="button"
          class="button little"
          disabled={waiting || deleting}
          onClick={() => void controller.waitFor('use-model', { id })}
        >
          {t('use')}
        </button>
      )}
      <button
        type="button"
        class="button little"
        aria-label={t('verify-named', { name })}
        disabled={verifying || deleting}
        onClick={() => void controller.verify(id)}
      >
        <Icon name="shield" />
        {t('verify')}
      </button>
      <button type="button" class="button quiet little danger" disabled={deleting} onClick={onDelete}>
        <Icon name="bin" />
        {t('delete')}
      </button>
      {(deleting || waiting) && <PendingNote text={t(deleting ? 'deleting' : 'wait-answer')} />}
    </div>
  );
}

/** Describes a profile such as `m0e4+q8-head` by the format of most of its weights. */
function weightsText(profile: StoredModel['weights']): string {
  // A newer version may have stored an unknown profile; 4 bits are the most common.
  if (profile === 'published') return t('weights-published');
  const n = WEIGHT_BITS[profile] ?? 4;
  return t(n < 16 ? 'weights-packed' : 'weights-full', { n });
}

const WEIGHT_BITS: { readonly [P in Exclude<StoredModel['weights'], 'published'>]: number } = {
  m0e4: 4,
  'm0e4+q8-head': 4,
  'iq4+q3-ffn': 4,
  'q3-ffn+q5-head': 3,
  calibrated: 4,
  'u6+q8-head': 6,
  'm0e4+f16-head': 4,
  q8: 8,
  f16: 16,
  f32: 32,
};

function VerifiedNote({ verified }: { verified: VerificationState }) {
  if (verified.kind === 'failed') return <ErrorNote error={verified.error} />;
  return (
    <p class="small verified" role="status">
      {verified.kind === 'good' && <Icon name="check" />}
      {verified.kind === 'good' ? t('verify-good', { size: bytes(verified.bytes) }) : t('verify-running')}
    </p>
  );
}

function DeleteDialog({ model, onKeep, onDelete }: { model: StoredModel; onKeep(): void; onDelete(): void }) {
  const keep = useFocus<HTMLButtonElement>();
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
        <button type="button" class="button little" onClick={onKeep} ref={keep}>
          {t('keep')}
        </button>
      </div>
    </div>
  );
}

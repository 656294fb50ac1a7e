/** Says in a sentence what a model is not asked for, and leads to a better one. */
import { languagesOf, type TaskOffer } from '../../protocol/abilities.ts';
import { languageNames, t } from '../../i18n/index.ts';

interface OfferNoteProps {
  readonly offered: TaskOffer | undefined;
  onModels(): void;
}

/** About summaries; null if the model writes key points. */
export function OfferNote({ offered, onModels }: OfferNoteProps) {
  const reason = offered?.offer.reason;
  if (offered === undefined || reason === undefined) return null;
  return (
    <p class="aside">
      <span>
        {t(`offer-${reason}`, { name: offered.model })}{' '}
        <button type="button" class="link" onClick={onModels}>
          {t('offer-better')}
        </button>
      </span>
    </p>
  );
}

/** About questions; null if the model can be asked. */
export function NoChatNote({ offered, onModels, onAnyway }: OfferNoteProps & { onAnyway(): void }) {
  if (offered === undefined || offered.offer.chat) return null;
  return (
    <p class="context-note small">
      {t('offer-no-chat', { name: offered.model })}{' '}
      <button type="button" class="link" onClick={onModels}>
        {t('offer-better')}
      </button>{' '}
      <button type="button" class="link" onClick={onAnyway}>
        {t('offer-ask-anyway')}
      </button>
    </p>
  );
}

/** What a model is good for, in one or two sentences; empty before it was tried. */
export function abilitiesText({ model: name, offer }: TaskOffer): string {
  const { reason, tried } = offer;
  const written = languagesOf(offer, true);
  const unwritten = languagesOf(offer, false);
  const sentences = [
    reason !== undefined ? t(`offer-${reason}`, { name }) : tried && t('offer-key-points'),
    tried && written.length > 0 && t('offer-written', { languages: languageNames(written) }),
    unwritten.length > 0 && t('offer-unwritten', { name, languages: languageNames(unwritten) }),
  ];
  return sentences.filter((sentence) => typeof sentence === 'string').join(' ');
}

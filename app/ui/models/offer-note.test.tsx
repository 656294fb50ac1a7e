import { describe, expect, it, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { modelOffer, models, settings, storedModel } from '../../testing/builders.ts';
import { t } from '../../i18n/index.ts';
import { offerFor } from '../state/offers.ts';
import { abilitiesText, NoChatNote, OfferNote } from './offer-note.tsx';

const offered = (change: Parameters<typeof modelOffer>[0]) => ({ model: 'Finch', offer: modelOffer(change) });

describe('the sentence about a model', () => {
  it('says why key points are by the page, and leads to a better model', async () => {
    const onModels = vi.fn();
    const weak = offered({ keyPoints: 'page', reason: 'repeats' });
    const screen = render(<OfferNote offered={weak} onModels={onModels} />);
    expect(screen.text()).toContain(t('offer-repeats', { name: 'Finch' }));
    await screen.click(screen.get('button', t('offer-better')));
    expect(onModels).toHaveBeenCalledOnce();
  });

  it('is not there for a model that writes key points, or while it is not known', () => {
    for (const each of [undefined, offered({})])
      expect(render(<OfferNote offered={each} onModels={() => {}} />).text()).toBe('');
  });

  it('says that a model is not made for questions, and lets the person insist', async () => {
    const onAnyway = vi.fn();
    const screen = render(
      <NoChatNote offered={offered({ chat: false })} onModels={() => {}} onAnyway={onAnyway} />,
    );
    expect(screen.text()).toContain(t('offer-no-chat', { name: 'Finch' }));
    await screen.click(screen.get('button', t('offer-ask-anyway')));
    expect(onAnyway).toHaveBeenCalledOnce();
    expect(render(<NoChatNote offered={offered({})} onModels={() => {}} onAnyway={onAnyway} />).text()).toBe(
      '',
    );
  });

  it('says what a model is good for', () => {
    expect(abilitiesText(offered({}))).toBe('It is good for key points. It writes English, German.');
    const one = [{ tag: 'de', writes: false }];
    expect(abilitiesText(offered({ keyPoints: 'page', reason: 'lists', languages: one }))).toBe(
      `${t('offer-lists', { name: 'Finch' })} Finch does not write German.`,
    );
    expect(abilitiesText(offered({ tried: false, languages: [] }))).toBe('');
  });
});

test('the offer for a task is that of its own model, else of the common one', () => {
  const stored = [storedModel({ id: 'a', name: 'Finch' }), storedModel({ id: 'b', name: 'Wren' })];
  const state = models({ stored, chosen: 'a', offers: { a: modelOffer(), b: modelOffer({ chat: false }) } });
  const chosen = settings({ models: { chat: 'b', translation: 'gone' } });
  expect(offerFor(state, chosen, 'chat', false)).toMatchObject({ model: 'Wren', offer: { chat: false } });
  expect(offerFor(state, chosen, 'translation', false)?.model).toBe('Finch');
  expect(offerFor(undefined, chosen, 'chat', false)).toBeUndefined();
});

import { describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import type { ChatJob, SummaryJob } from '../../protocol/types.ts';
import { chatJob, conversationPage, summaryJob, wireError } from '../../testing/builders.ts';
import { render } from '../../testing/render.ts';
import { Answer } from './answer.tsx';
import { PageActions } from './page-context.ts';

const quotes = ['The linnet sings.', 'It is a small finch.'];

function show(fields: Partial<SummaryJob>) {
  const actions = { page: conversationPage, showPassage: vi.fn(), seekPassage: vi.fn(), askAbout: vi.fn() };
  const [onModels, onRegenerate] = [vi.fn(), vi.fn()];
  const view = (job: SummaryJob) => (
    <PageActions.Provider value={actions}>
      <Answer job={job} lang="de" onModels={onModels} onRegenerate={onRegenerate} />
    </PageActions.Provider>
  );
  const screen = render(view(summaryJob({ quotes, ...fields })));
  const become = (next: Partial<SummaryJob>) => screen.rerender(view(summaryJob({ quotes, ...next })));
  return { screen, actions, onModels, onRegenerate, become };
}

const shownQuotes = (root: HTMLElement) => [...root.querySelectorAll('q')].map((quote) => quote.textContent);

describe('the quotes of a summary', () => {
  it.each(['queued', 'loading', 'reading'] as const)('stand there while the job is %s', async (phase) => {
    const { screen, actions } = show({ text: '', progress: { phase } });
    expect(shownQuotes(screen.root)).toEqual(quotes);
    expect(screen.text()).toContain(t('quotes-meanwhile'));
    expect(screen.get('list').getAttribute('lang')).toBe(conversationPage.lang ?? null);
    await screen.click(screen.get('button', /small finch/));
    expect(actions.showPassage.mock.calls).toEqual([[quotes[1]]]);
  });

  it('give way to the first complete point and keep their room', () => {
    const { screen, become } = show({ text: '', progress: { phase: 'reading' } });
    become({ text: '- It sings in', progress: { phase: 'writing' } });
    expect(screen.root.querySelector('.gone')).toBeNull();
    expect(screen.text()).not.toContain('It sings in');
    become({ text: '- It sings in May.\n- It', progress: { phase: 'writing' } });
    expect(screen.root.querySelector('.replaced > .gone')?.getAttribute('aria-hidden')).toBe('true');
    expect(screen.text()).toContain('It sings in May.');
  });

  it('keep the focus in the answer when they give way', () => {
    const { screen, become } = show({ text: '', progress: { phase: 'reading' } });
    screen.get('button', /small finch/).focus();
    become({ text: '- It sings in May.\n- It', progress: { phase: 'writing' } });
    expect(document.activeElement?.textContent).toContain('It sings in May.');
  });

  it('can be read again below the model’s words', async () => {
    const { screen } = show({ text: '- It sings.', passages: ['The linnet sings.'] });
    const folded = screen.root.querySelector('details.quotes-again')!;
    expect(folded.hasAttribute('open')).toBe(false);
    expect(folded.querySelector('summary')!.textContent).toBe(t('quotes-again'));
    expect(shownQuotes(folded as HTMLElement)).toEqual(quotes);
  });

  it('stay open where the model wrote nothing, or failed', () => {
    expect(shownQuotes(show({ text: '' }).screen.root)).toEqual(quotes);
    const failed = { phase: 'failed', error: wireError({ code: 'gpu-lost' }) } as const;
    const { screen } = show({ text: '', progress: failed });
    expect(shownQuotes(screen.root)).toEqual(quotes);
    expect(screen.get('alert').textContent).not.toBe('');
  });

  it('stay above the words of a model that is for trying only', () => {
    const { screen } = show({ text: '- A hen sang.\n', practice: true, progress: { phase: 'writing' } });
    expect(screen.root.querySelector('.gone, details.quotes-again')).toBeNull();
    expect(shownQuotes(screen.root)).toEqual(quotes);
    expect(screen.text().indexOf('small finch')).toBeLessThan(screen.text().indexOf('A hen sang'));
    expect(screen.text()).toContain(t('quotes-practice'));
  });

  it('are the answer where there is no model, which it says, with the way to one', async () => {
    const text = '- The linnet sings.\n- It is a small finch.';
    const { screen, onModels, onRegenerate } = show({ text, passages: quotes, quoted: true });
    expect(shownQuotes(screen.root)).toEqual(quotes);
    expect(screen.root.querySelectorAll('.point')).toHaveLength(0);
    expect(screen.text()).toContain(t('quotes-only'));
    await screen.click(screen.get('button', t('model-choose')));
    expect(onModels).toHaveBeenCalledOnce();
    await screen.click(screen.get('button', t('quotes-with-model')));
    expect(onRegenerate).toHaveBeenCalledOnce();
    expect(screen.names('button')).toContain(t('copy'));
  });
});

describe('an answer of the page to a question', () => {
  const ask = (fields: Partial<ChatJob>) => {
    const [onModels, onRegenerate] = [vi.fn(), vi.fn()];
    const actions = { page: conversationPage, showPassage: vi.fn(), seekPassage: vi.fn(), askAbout: vi.fn() };
    const job = chatJob({ quoted: true, notAsked: 'Tiny', ...fields });
    const screen = render(
      <PageActions.Provider value={actions}>
        <Answer job={job} onModels={onModels} onRegenerate={onRegenerate} />
      </PageActions.Provider>,
    );
    return { screen, actions, onModels, onRegenerate };
  };

  it('is passages that lead to their places, with the way to the model and to a better one', async () => {
    const { screen, actions, onModels, onRegenerate } = ask({ text: '> It sings.', quotes });
    expect(shownQuotes(screen.root)).toEqual(quotes);
    expect(screen.text()).toContain(t('quotes-answer', { name: 'Tiny' }));
    await screen.click(screen.get('button', /small finch/));
    expect(actions.showPassage.mock.calls).toEqual([[quotes[1]]]);
    await screen.click(screen.get('button', t('offer-better')));
    await screen.click(screen.get('button', t('offer-ask-anyway')));
    expect([onModels.mock.calls.length, onRegenerate.mock.calls.length]).toEqual([1, 1]);
  });

  it('says plainly that no passage has the words of the question', () => {
    const { screen } = ask({ text: '', quotes: [] });
    expect(screen.text()).toContain(t('quotes-no-answer', { name: 'Tiny' }));
    expect(screen.text()).not.toContain(t('empty'));
    expect(screen.names('button')).toContain(t('offer-ask-anyway'));
    expect(screen.root.querySelector('ul')).toBeNull();
  });
});

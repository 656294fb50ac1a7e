import { render } from '../../testing/render.ts';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { conversationPage, summaryJob } from '../../testing/builders.ts';
import type { SummaryJob } from '../../protocol/types.ts';
import { PageActions } from './page-context.ts';
import { PartsProgress, SummaryText, SummaryTools } from './summary-view.tsx';
import { loadMarkdown } from './markdown/prose.tsx';

beforeAll(loadMarkdown);

afterEach(() => vi.unstubAllGlobals());

const points = { text: '- It sings.\n- It is small.' };

function show(job: SummaryJob, seekPassage = vi.fn(async () => {})) {
  const actions = { page: conversationPage, showPassage: vi.fn(), seekPassage, askAbout: vi.fn() };
  const screen = render(
    <PageActions.Provider value={actions}>
      <SummaryText job={job} lang="en" />
      <SummaryTools job={job} />
    </PageActions.Provider>,
  );
  return { screen, actions };
}

describe('key points', () => {
  it('lead to their passages; a point without one says so', async () => {
    const { screen, actions } = show(summaryJob({ ...points, passages: ['The linnet sings.', null] }));
    expect(screen.get('list').getAttribute('lang')).toBe('en');
    const point = screen.get('button', 'It sings.');
    expect(point.title).toBe('The linnet sings.');
    await screen.click(point);
    expect(actions.showPassage.mock.calls).toEqual([['The linnet sings.']]);
    expect(screen.query('button', /It is small/)).toBeUndefined();
    expect(screen.text()).toContain('It is small.');
  });

  it('cannot be followed where there is no page to go to', () => {
    const job = summaryJob({ ...points, passages: ['The linnet sings.', null] });
    const screen = render(<SummaryText job={job} />);
    expect(screen.get('button', 'It sings.').hasAttribute('disabled')).toBe(true);
  });

  it('in another language than the page are searched on demand, once each', async () => {
    let end = () => {};
    const seek = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const job = summaryJob({ ...points, passages: [null, null], pageLanguage: 'de', sought: [1] });
    const { screen } = show(job, seek);
    expect(screen.query('button', /It is small/)).toBeUndefined();
    const point = screen.get('button', /It sings/);
    await screen.click(point);
    expect(seek.mock.calls).toEqual([['summary', 0]]);
    expect(point.getAttribute('aria-busy')).toBe('true');
    expect(point.hasAttribute('disabled')).toBe(true);
    await screen.settled(() => end());
    expect(point.getAttribute('aria-busy')).toBe('false');
  });

  it('are plain text while they are written', () => {
    const { screen } = show(
      summaryJob({ ...points, progress: { phase: 'writing' }, passages: ['The linnet sings.', null] }),
    );
    expect(screen.query('button', 'It sings.')).toBeUndefined();
    expect(screen.names('listitem')).toEqual(['It sings.', 'It is small.']);
  });
});

describe('the summary of a long page', () => {
  const rounds = [{ ends: [10, 20], points: ['- First.', ''], cut: [0] }];

  it('unfolds the notes of its parts, empty and cut ones too', async () => {
    const { screen } = show(summaryJob({ text: 'All.', rounds }));
    expect(screen.text()).not.toContain('First.');
    await screen.click(screen.root.querySelector('summary')!);
    expect(screen.text()).toContain('First.');
    expect(screen.root.querySelectorAll('.notes > ol > li')).toHaveLength(2);
    expect(screen.root.querySelectorAll('.notes .aside')).toHaveLength(1);
  });

  const preliminary = { text: '- It sings.\n- It is red.', passages: ['The linnet sings.', null] };
  const half = [{ ends: [10, 20], points: ['- First.'], order: [1, 0] }];

  it('shows what its parts so far say, with the share of the page and the way to their sentences', async () => {
    const under = { text: '', preliminary, rounds: half, progress: { phase: 'reading' } } as const;
    const { screen, actions } = show(summaryJob(under));
    expect(screen.text()).toContain(t('preliminary', { percent: '50%' }));
    expect(screen.get('list').getAttribute('lang')).toBe(conversationPage.lang ?? null);
    await screen.click(screen.get('button', 'It sings.'));
    expect(actions.showPassage.mock.calls).toEqual([['The linnet sings.']]);
    expect(screen.root.querySelector('.notes')).toBeNull();
  });

  it('shows that until the summary of all parts has a point', () => {
    const whole = { preliminary, rounds, progress: { phase: 'writing' } } as const;
    const before = show(summaryJob({ ...whole, text: '- All' })).screen;
    expect(before.text()).toContain(t('preliminary-joining'));
    expect(before.text()).not.toContain('All');
    const after = show(summaryJob({ ...whole, text: '- All of it.\n- A' })).screen;
    expect(after.names('listitem')).toEqual(['All of it.', 'A']);
  });

  it('keeps it if it was stopped, and says how much of the page that is; notes are below, by their part', async () => {
    const stopped = { progress: { phase: 'stopped' }, ...preliminary, preliminary, rounds: half } as const;
    const { screen } = show(summaryJob(stopped));
    expect(screen.text()).toContain(t('preliminary-kept', { percent: '50%' }));
    expect(screen.get('button', 'It sings.').hasAttribute('disabled')).toBe(false);
    await screen.click(screen.root.querySelector('summary')!);
    expect(screen.root.querySelector('.notes li')!.getAttribute('value')).toBe('2');
    const all = show(summaryJob({ ...stopped, rounds })).screen;
    expect(all.text()).toContain(t('preliminary-all'));
  });

  it('says that the first part was not read to its end, if it was stopped there', () => {
    const stopped = {
      progress: { phase: 'stopped' },
      text: '- Fir',
      rounds: [{ ends: [10, 20], points: [] }],
    } as const;
    expect(show(summaryJob(stopped)).screen.text()).toContain(t('parts-left'));
  });

  it('names the part that is read, with the progress of all', () => {
    const prompt = { done: 5, total: 10, reused: 0 };
    const job = summaryJob({
      progress: { phase: 'reading', prompt },
      rounds: [{ ends: [10, 20], points: ['- First.'] }],
    });
    const screen = render(<PartsProgress job={job} />);
    expect(screen.text()).toMatch(/2 of 2/);
    expect(screen.text()).toMatch(/5 .*10/);
    const bar = screen.get('progressbar') as HTMLProgressElement;
    expect(Number(bar.getAttribute('value') ?? bar.value)).toBeCloseTo(0.65);
    screen.rerender(<PartsProgress job={summaryJob({ progress: { phase: 'reading' } })} />);
    expect(screen.text()).toBe('');
  });
});

describe('the tools of a summary', () => {
  it('copy it as text and as Markdown with the page, and lead to the field', async () => {
    const writeText = vi.fn(async (_text: string) => {});
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    const { screen, actions } = show(summaryJob({ text: 'A linnet sings.' }));
    await screen.click(screen.get('button', t('copy')));
    await screen.click(screen.get('button', t('copy-markdown')));
    expect(writeText.mock.calls[0]).toEqual(['A linnet sings.']);
    expect(writeText.mock.calls[1]![0]).toContain('[The linnet](https://example.org/linnet)');
    await screen.click(screen.get('button', t('ask-page')));
    expect(actions.askAbout).toHaveBeenCalledOnce();
  });

  it('are not there for an empty summary without a page', () => {
    expect(render(<SummaryTools job={summaryJob({ text: ' ' })} />).names('button')).toEqual([]);
  });
});

import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { chatJob, conversation, conversationPage, summaryJob } from '../../testing/builders.ts';
import type { Conversation, Job } from '../../protocol/types.ts';
import { ConversationView } from './conversation.tsx';

const handlers = () => ({
  onEdit: vi.fn(async () => true),
  onVersion: vi.fn(),
  onRegenerate: vi.fn(),
  onReadAll: vi.fn(),
  onContinue: vi.fn(),
  onModels: vi.fn(),
});

function view(jobs: readonly Job[], on = handlers(), change: Partial<Conversation> = {}) {
  const shown = conversation({ jobs: jobs.map(({ id }) => id), ...change });
  return (
    <main class="scroller">
      <ConversationView conversation={shown} jobs={jobs} {...on} />
    </main>
  );
}

const two = [
  chatJob({ id: 'a', question: 'One?', text: 'First.' }),
  chatJob({ id: 'b', question: 'Two?', text: 'Second.', progress: { phase: 'stopped' } }),
];

describe('a conversation', () => {
  it('offers to read all of a page of which passages were read to be sooner, at the last answer', async () => {
    const on = handlers();
    const coverage = { used: 20, total: 100, sooner: true } as const;
    const excerpts = { by: 'question', ranges: [[0, 9]] } as const;
    const jobs = ['a', 'b'].map((id) => chatJob({ id, text: 'It sings.', coverage, excerpts }));
    const screen = render(view(jobs, on));
    expect(screen.text()).toContain('20%');
    await screen.click(screen.get('button', t('read-all')));
    expect(on.onReadAll.mock.calls).toEqual([['b']]);
  });

  it('shows questions with their answers, and acts on the right job', async () => {
    const on = handlers();
    const screen = render(view(two, on));
    expect(screen.get('region', t('conversation'))).toBeDefined();
    expect(screen.text()).toMatch(/One\?.*First\..*Two\?.*Second\./);
    await screen.click(screen.get('button', t('regenerate')));
    await screen.click(screen.get('button', t('continue-answer')));
    expect(on.onRegenerate.mock.calls).toEqual([['b']]);
    expect(on.onContinue.mock.calls).toEqual([['b']]);
    await screen.click(screen.all('button', t('edit-question'))[0]!);
    await screen.fill(screen.get('textbox'), 'Uno?');
    await screen.click(screen.get('button', t('edit-send')));
    expect(on.onEdit.mock.calls).toEqual([['a', 'Uno?']]);
  });

  it('marks the turns that no longer fit', () => {
    const jobs = [...two, chatJob({ id: 'c', text: 'Third.', forgotten: 1 })];
    const screen = render(view(jobs));
    expect(screen.root.querySelectorAll('.turn.left-out')).toHaveLength(1);
    expect(screen.root.querySelectorAll('.left-out-mark')).toHaveLength(1);
    expect(render(view(two)).root.querySelectorAll('.left-out-mark')).toHaveLength(0);
  });

  it('gives summaries the language they were asked in, or that of the page', () => {
    const lang = (job: Job) =>
      render(view([job], handlers(), { page: conversationPage }))
        .root.querySelector('[lang]')
        ?.getAttribute('lang');
    expect(lang(summaryJob({ text: 'Text.' }))).toBe('en');
    expect(lang(summaryJob({ text: 'Text.', language: 'de' }))).toBe('de');
    expect(lang(chatJob({ text: 'Text.' }))).toBeUndefined();
  });

  it('switches to another version of a question', async () => {
    const on = handlers();
    const branches = {
      branches: [
        ['a', 'b'],
        ['a', 'c'],
      ],
    };
    const screen = render(view(two, on, branches));
    await screen.click(screen.get('button', t('version-later')));
    expect(on.onVersion.mock.calls).toEqual([['c']]);
  });
});

describe('the view', () => {
  const running = (text: string) => [two[0]!, chatJob({ id: 'b', text, progress: { phase: 'writing' } })];

  function scrollable(jobs: readonly Job[]) {
    const screen = render(view(jobs));
    const scroller = screen.get('main');
    Object.assign(scroller, { scrollHeight: 1000, clientHeight: 300 });
    return { screen, scroller };
  }

  it('follows a growing answer to its end, once more when it ends, and then no longer', () => {
    const { screen, scroller } = scrollable(running('S'));
    screen.rerender(view(running('Se')));
    expect(scroller.scrollTop).toBe(1000);
    scroller.scrollTop = 0;
    const ended = [two[0]!, chatJob({ id: 'b', text: 'Second.' })];
    screen.rerender(view(ended));
    expect(scroller.scrollTop).toBe(1000);
    scroller.scrollTop = 0;
    screen.rerender(view([two[0]!, { ...ended[1]! }]));
    expect(scroller.scrollTop).toBe(0);
  });

  it('does not follow while the user reads further up', async () => {
    const { screen, scroller } = scrollable(running('S'));
    const scrollTo = (top: number) =>
      screen.settled(() => {
        scroller.scrollTop = top;
        scroller.dispatchEvent(new Event('scroll'));
      });
    await scrollTo(639);
    screen.rerender(view(running('Se')));
    expect(scroller.scrollTop).toBe(639);
    await scrollTo(641);
    screen.rerender(view(running('Sec')));
    expect(scroller.scrollTop).toBe(1000);
  });

  it('goes to a new question, and starts a reopened summary at its beginning', () => {
    const { screen, scroller } = scrollable([two[0]!]);
    screen.rerender(view(two));
    expect(scroller.scrollTop).toBe(1000);
    const other = scrollable([]);
    other.screen.rerender(view([summaryJob({ text: 'Text.' })]));
    expect(other.scroller.scrollTop).toBe(0);
  });
});

import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { chatJob, summaryJob, wireError } from '../../testing/builders.ts';
import type { Job } from '../../protocol/types.ts';
import { Answer } from './answer.tsx';

function show(job: Job, last = true) {
  const on = { onRegenerate: vi.fn(), onContinue: vi.fn(), onModels: vi.fn() };
  const { onModels, ...onLast } = on;
  const screen = render(<Answer job={job} onModels={onModels} {...(last ? onLast : {})} />);
  return { screen, on };
}
const busy = (job: Job) => show(job).screen.get('article').getAttribute('aria-busy');

describe('where the text went', () => {
  it('is said on each answer of a server, from its beginning on, and on no other', () => {
    const server = { host: '192.168.1.5:11434' };
    for (const phase of ['loading', 'writing', 'done'] as const) {
      const { screen } = show(chatJob({ progress: { phase }, server }));
      expect(screen.text()).toContain(t('sent-to', server));
    }
    expect(show(chatJob()).screen.root.querySelector('.sent')).toBeNull();
    const down = show(
      chatJob({ progress: { phase: 'failed', error: wireError({ code: 'server-down' }) }, server }),
    );
    expect(down.screen.names('button')).toContain(t('models'));
    // Web pages do not learn the host.
    expect(show(chatJob({ server: {} })).screen.text()).toContain(t('sent-to-own'));
  });
});

describe('a running answer', () => {
  it('is busy and says what the model is doing, with nothing to do about it yet', () => {
    const { screen } = show(chatJob({ progress: { phase: 'loading' } }));
    expect(screen.get('article', t('linnet')).getAttribute('aria-busy')).toBe('true');
    expect(screen.text()).toContain(t('status-loading'));
    expect(screen.names('button')).toEqual([]);
  });

  it('has a bar with the share of the prompt that is read', () => {
    const reading = { done: 50, total: 200, reused: 0 };
    const { screen } = show(chatJob({ progress: { phase: 'reading', prompt: reading } }));
    expect(screen.text()).toMatch(/50 .*200/);
    const bar = screen.root.querySelector('progress')!;
    expect(bar.getAttribute('value') ?? String(bar.value)).toBe('0.25');
  });

  it('says that it is thinking or writing, and how fast', () => {
    const writing = show(
      chatJob({ progress: { phase: 'writing' }, text: 'A linnet', tokensPerSecond: 7.25 }),
    ).screen;
    expect(writing.text()).toContain('A linnet');
    expect(writing.text()).toMatch(/7\.[23] /);
    const thinking = show(chatJob({ progress: { phase: 'writing', thinking: true } })).screen;
    expect(thinking.text()).toContain(t('status-thinking'));
    expect(thinking.text()).not.toMatch(/\d/);
  });
});

describe('an answer that has ended', () => {
  it('can be copied, made again, and unfolds what it took', async () => {
    const job = chatJob({ text: 'It sings.', model: 'Tiny', tokens: 12, tokensPerSecond: 7 });
    const { screen, on } = show(job);
    expect(busy(job)).toBe('false');
    expect(screen.names('button')).toEqual([t('copy'), t('regenerate')]);
    expect(screen.text()).not.toContain('Tiny');
    await screen.click(screen.getText(t('details')));
    expect(screen.text()).toContain(`Tiny · ${t('tokens', { n: 12 })} · ${t('rate', { rate: '7' })}`);
    await screen.click(screen.get('button', t('regenerate')));
    expect(on.onRegenerate).toHaveBeenCalledOnce();
  });

  it('cannot be made again if it is not the last one', () => {
    const { screen } = show(chatJob({ text: 'It sings.', progress: { phase: 'stopped' } }), false);
    expect(screen.names('button')).toEqual([t('copy')]);
  });

  it('can be continued if it was stopped or cut and there is room', async () => {
    const { screen, on } = show(chatJob({ text: 'It', progress: { phase: 'stopped' } }));
    expect(screen.text()).toContain(t('status-stopped'));
    await screen.click(screen.get('button', t('continue-answer')));
    expect(on.onContinue).toHaveBeenCalledOnce();
    const full = {
      context: { prompt: 300, capacity: 400 },
      tokens: 100,
      progress: { phase: 'done', cut: true },
    } as const;
    expect(
      show(chatJob({ text: 'It', ...full })).screen.query('button', t('continue-answer')),
    ).toBeUndefined();
  });

  it('explains an empty answer, and one that ended within its thoughts', () => {
    expect(show(chatJob({ text: ' ' })).screen.text()).toContain(t('empty'));
    const thoughts = show(chatJob({ text: '', progress: { phase: 'done', onlyThought: true } })).screen;
    expect(thoughts.text()).toContain(t('only-thought'));
  });

  it('warns if it could not be stored, was interrupted, or lacks earlier turns', () => {
    const { screen } = show(
      chatJob({ text: 'It', unsaved: true, progress: { phase: 'interrupted' }, forgotten: 2 }),
    );
    expect(screen.get('status')).toBeDefined();
    expect(screen.text()).toContain(t('forgotten', { n: 2 }));
    expect(screen.text()).toContain(t('status-interrupted'));
  });

  it('says how much of a long page was read', () => {
    const coverage = { used: 25, total: 100 };
    expect(show(chatJob({ text: 'It', coverage })).screen.text()).toContain('25%');
    const excerpts = {
      by: 'question',
      ranges: [
        [0, 9],
        [20, 30],
      ],
    } as const;
    expect(show(chatJob({ text: 'It', coverage, excerpts })).screen.text()).toMatch(/25%.*2|2.*25%/);
  });
});

describe('a failed answer', () => {
  it('shows the error and offers another attempt, once', async () => {
    const { screen, on } = show(chatJob({ progress: { phase: 'failed', error: wireError() } }));
    expect(screen.get('alert')).toBeDefined();
    expect(screen.names('button')).toEqual([t('retry')]);
    await screen.click(screen.get('button', t('retry')));
    expect(on.onRegenerate).toHaveBeenCalledOnce();
  });

  it('leads to the models if there is none', async () => {
    const { screen, on } = show(
      chatJob({ progress: { phase: 'failed', error: wireError({ code: 'no-model' }) } }),
      false,
    );
    await screen.click(screen.get('button', t('model-choose')));
    expect(on.onModels).toHaveBeenCalledOnce();
  });

  it('continues a long page at the part where it stopped', () => {
    const rounds = [{ ends: [10, 20, 30], points: ['- A.'] }];
    const { screen } = show(summaryJob({ progress: { phase: 'failed', error: wireError() }, rounds }));
    expect(screen.get('alert').textContent).toContain(t('continue-part', { n: 2 }));
  });
});

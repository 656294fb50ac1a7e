import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { chatJob, summaryJob } from '../../testing/builders.ts';
import type { Job } from '../../protocol/types.ts';
import { Question } from './question.tsx';

function show(
  job: Job,
  versions: readonly string[] = [job.id],
  accepted: Promise<boolean> = Promise.resolve(true),
) {
  const onEdit = vi.fn<(text: string) => Promise<boolean>>(() => accepted);
  const onVersion = vi.fn();
  const screen = render(<Question job={job} versions={versions} onEdit={onEdit} onVersion={onVersion} />);
  return { screen, onEdit, onVersion };
}
const edit = async (...given: Parameters<typeof show>) => {
  const shown = show(...given);
  await shown.screen.click(shown.screen.get('button', t('edit-question')));
  return shown;
};

describe('a question', () => {
  it('is read out as the user’s, and says if it was asked without the page', () => {
    expect(show(chatJob({ question: 'Does it sing?' })).screen.text()).toBe(`${t('you')}: Does it sing?`);
    expect(show(chatJob({ alone: true })).screen.text()).toContain(t('without-page'));
  });

  it('is a heading with type, length and language for a summary, and cannot be edited', () => {
    const { screen } = show(summaryJob({ type: 'tldr', length: 'long', language: 'de' }));
    expect(screen.get('heading').textContent).toContain('Deutsch');
    expect(screen.names('button')).toEqual([]);
    const withoutLanguage = show(summaryJob({ type: 'tldr', length: 'long' })).screen;
    expect(withoutLanguage.get('heading').textContent).not.toContain('Deutsch');
  });

  it('cannot be edited while it is answered', () => {
    expect(show(chatJob({ progress: { phase: 'writing' } })).screen.query('button')).toBeUndefined();
  });
});

describe('editing a question', () => {
  it('starts with its text and the focus in the field, and sends the trimmed text', async () => {
    const { screen, onEdit } = await edit(chatJob({ question: 'Does it sing?' }));
    const field = screen.get('textbox') as HTMLTextAreaElement;
    expect(field.value).toBe('Does it sing?');
    expect(document.activeElement).toBe(field);
    await screen.fill(field, '  Does it fly? ');
    await screen.click(screen.get('button', t('edit-send')));
    expect(onEdit.mock.calls).toEqual([['Does it fly?']]);
    expect(screen.query('textbox')).toBeUndefined();
  });

  it('keeps the form open if the question was refused', async () => {
    const { screen } = await edit(chatJob(), undefined, Promise.resolve(false));
    await screen.click(screen.get('button', t('edit-send')));
    expect(screen.get('textbox')).toBeDefined();
    expect(screen.get('button', t('edit-send')).hasAttribute('disabled')).toBe(false);
  });

  it('sends once, and nothing that is empty', async () => {
    const { screen, onEdit } = await edit(chatJob(), undefined, new Promise(() => {}));
    const form = screen.root.querySelector('form')!;
    await screen.fill(screen.get('textbox'), '  ');
    expect(screen.get('button', t('edit-send')).hasAttribute('disabled')).toBe(true);
    await screen.settled(() => form.requestSubmit());
    expect(onEdit).not.toHaveBeenCalled();
    await screen.fill(screen.get('textbox'), 'Why?');
    await screen.click(screen.get('button', t('edit-send')));
    await screen.settled(() => form.requestSubmit());
    expect(onEdit).toHaveBeenCalledOnce();
    expect(screen.get('button', t('edit-send')).hasAttribute('disabled')).toBe(true);
  });

  it.each(['Escape', 'the button'])('is cancelled by %s', async (by) => {
    const { screen, onEdit } = await edit(chatJob());
    await screen.fill(screen.get('textbox'), 'Other');
    if (by === 'Escape') await screen.press('Escape');
    else await screen.click(screen.get('button', t('cancel')));
    expect(screen.text()).toContain('Does it sing?');
    expect(onEdit).not.toHaveBeenCalled();
  });
});

describe('the versions of a question', () => {
  it('are counted, and each leads to the one before and after', async () => {
    const { screen, onVersion } = show(chatJob({ id: 'b' }), ['a', 'b', 'c']);
    expect(screen.text()).toMatch(/2 .*3/);
    await screen.click(screen.get('button', t('version-earlier')));
    await screen.click(screen.get('button', t('version-later')));
    expect(onVersion.mock.calls).toEqual([['a'], ['c']]);
  });

  it('end at the first and the last one', () => {
    const { screen } = show(chatJob({ id: 'a', progress: { phase: 'writing' } }), ['a', 'b']);
    const disabled = screen.all('button').map((button) => button.hasAttribute('disabled'));
    expect(disabled).toEqual([true, false]);
  });
});

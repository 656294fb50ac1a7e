import { render, type Screen } from '../../testing/render.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { wireError } from '../../testing/builders.ts';
import { CopyButton } from './copy-button.tsx';
import { DefinitionList } from './definition-list.tsx';
import { ErrorNote } from './error-note.tsx';
import { IconButton } from './icon-button.tsx';
import { SegmentedControl } from './segmented-control.tsx';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the copy button', () => {
  const copyWith = async (writeText: (text: string) => Promise<void>): Promise<Screen> => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    const screen = render(<CopyButton text={'  A linnet sings.\n'} />);
    await screen.click(screen.get('button', t('copy')));
    return screen;
  };

  it('copies the trimmed text and shows that for a moment', async () => {
    const writeText = vi.fn(async () => {});
    const screen = await copyWith(writeText);
    expect(writeText).toHaveBeenCalledWith('A linnet sings.');
    expect(screen.names('button')).toEqual([t('copied')]);
    await screen.settled(() => void vi.runAllTimers());
    expect(screen.names('button')).toEqual([t('copy')]);
  });

  it('shows that copying failed', async () => {
    const screen = await copyWith(async () => {
      throw new Error('refused');
    });
    expect(screen.text()).toBe(t('copy-failed'));
  });

  it('has a separate label if one is given', () => {
    expect(render(<CopyButton text="x" label="Copy code" />).names('button')).toEqual(['Copy code']);
  });
});

describe('the icon button', () => {
  it('has its label as name and tooltip, and calls its handler', async () => {
    const onClick = vi.fn();
    const screen = render(<IconButton icon="list" label="Conversations" pressed={false} onClick={onClick} />);
    const button = screen.get('button', 'Conversations');
    expect(button.title).toBe('Conversations');
    expect(button.getAttribute('aria-pressed')).toBe('false');
    await screen.click(button);
    expect(onClick).toHaveBeenCalledOnce();
    screen.rerender(<IconButton icon="list" label="Conversations" disabled onClick={onClick} />);
    expect(button.hasAttribute('disabled')).toBe(true);
    expect(button.hasAttribute('aria-pressed')).toBe(false);
  });
});

describe('the error note', () => {
  it('is an alert with what happened and what to do, and folds the details away', async () => {
    const screen = render(<ErrorNote error={wireError({ message: 'adapter 7 failed', who: 'gpu' })} />);
    const alert = screen.get('alert');
    expect(alert.textContent).toContain('adapter 7 failed');
    expect(screen.text()).not.toContain('adapter 7 failed');
    await screen.click(screen.getText(t('details')));
    expect(screen.text()).toContain('adapter 7 failed');
    expect(screen.text()).toContain('gpu-lost · gpu');
  });

  it('shows the details of an invalid request at once, and the actions it is given', () => {
    const error = wireError({ code: 'request-invalid', message: 'the term is empty' });
    const screen = render(
      <ErrorNote error={error}>
        <button type="button">Try again</button>
      </ErrorNote>,
    );
    expect(screen.text()).toContain('the term is empty');
    expect(screen.get('button', 'Try again')).toBeDefined();
  });
});

describe('the segmented control', () => {
  it('is a labelled group of radio buttons with one choice', async () => {
    const onChoose = vi.fn();
    const screen = render(
      <SegmentedControl
        name="length"
        label="Length"
        values={[1, 2, 3]}
        chosen={2}
        text={(value) => `Step ${value}`}
        onChoose={onChoose}
      />,
    );
    expect(screen.get('group', 'Length')).toBeDefined();
    expect(screen.names('radio')).toEqual(['Step 1', 'Step 2', 'Step 3']);
    const checked = screen.all('radio').map((radio) => (radio as HTMLInputElement).checked);
    expect(checked).toEqual([false, true, false]);
    await screen.click(screen.get('radio', 'Step 3'));
    expect(onChoose.mock.calls).toEqual([[3]]);
  });
});

describe('the definition list', () => {
  it('pairs names with values', () => {
    const screen = render(
      <DefinitionList
        rows={[
          ['Family', 'llama'],
          ['Size', '1 MB'],
        ]}
      />,
    );
    expect(screen.all('term').map(({ textContent }) => textContent)).toEqual(['Family', 'Size']);
    expect(screen.all('definition').map(({ textContent }) => textContent)).toEqual(['llama', '1 MB']);
  });
});

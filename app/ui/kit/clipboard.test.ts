import '../../testing/dom.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { copyText } from './clipboard.ts';

afterEach(() => vi.unstubAllGlobals());

/** A browser without a clipboard API, as in pages without encryption. `works`: whether its `copy` command does. */
function withoutClipboardApi(works: boolean) {
  vi.stubGlobal('navigator', {});
  const setData = vi.fn();
  const execCommand = vi.fn(() => {
    const event = Object.assign(new Event('copy', { cancelable: true }), { clipboardData: { setData } });
    return works && document.dispatchEvent(event) === false;
  });
  Object.assign(document, { execCommand });
  return setData;
}

describe('copying', () => {
  it('uses the clipboard API, and rejects if the browser refuses', async () => {
    const writeText = vi.fn(async (text: string) => {
      if (text === 'secret') throw new Error('refused');
    });
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    await copyText('A linnet.');
    expect(writeText).toHaveBeenCalledWith('A linnet.');
    await expect(copyText('secret')).rejects.toThrow('refused');
  });

  it('uses the copy command without that API, and rejects if nothing was copied', async () => {
    const setData = withoutClipboardApi(true);
    await copyText('A linnet.');
    expect(setData.mock.calls).toEqual([['text/plain', 'A linnet.']]);
    withoutClipboardApi(false);
    await expect(copyText('A linnet.')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, toWire, type WireError } from '../protocol/errors.ts';
import { fake, fakeEvent } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { handleTranslateCommands } = await import('./translate-commands.ts');

const explain = async ({ code }: WireError) => `${code}, in words`;
const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

function whole() {
  const asked: unknown[] = [];
  const badges: string[] = [];
  const titles: string[] = [];
  const [onCommand, onClicked] = [fakeEvent(), fakeEvent()];
  const answer = { value: null } as { value: null; error?: object };
  fake.value = {
    commands: { onCommand },
    contextMenus: { onClicked },
    scripting: { executeScript: async () => [] },
    tabs: {
      query: async () => [{ id: 7 }],
      sendMessage: async (
        tab: number,
        message: { kind: string; send: object },
        { frameId }: { frameId: number },
      ) => {
        asked.push([tab, message.kind, message.send, frameId]);
        return answer;
      },
    },
    action: {
      setBadgeText: async ({ text }: { text: string }) => badges.push(text),
      setTitle: async ({ title }: { title: string }) => titles.push(title),
    },
  };
  return { asked, badges, titles, onCommand, onClicked, answer };
}

describe('translations requested outside Linnet’s pages', () => {
  beforeEach(() => {
    fake.value = {};
  });

  it('have menu entries for a selection, a field and the page', async () => {
    const { asked, onClicked } = whole();
    handleTranslateCommands(explain);
    onClicked.emit({ menuItemId: 'translate-written' }, { id: 3 });
    onClicked.emit({ menuItemId: 'somebody else’s' }, { id: 3 });
    await soon();
    expect(asked).toEqual([[3, 'linnet:page:translate-written', { inFrame: false }, 0]]);
  });

  it('pass on a selection that the browser reports in a frame, and enter the frame for text in a field', async () => {
    const { asked, onClicked } = whole();
    handleTranslateCommands(explain);
    onClicked.emit({ menuItemId: 'translate-selection', selectionText: 'One', frameId: 4 }, { id: 3 });
    onClicked.emit({ menuItemId: 'translate-written', frameId: 4, editable: true }, { id: 3 });
    await soon();
    expect(asked).toEqual([
      [3, 'linnet:page:translate-selection', { text: 'One', inFrame: true }, 0],
      [3, 'linnet:page:translate-written', {}, 4],
    ]);
  });

  it('report why a frame is inaccessible, and translate a selection there on the top page', async () => {
    const { asked, titles, onClicked } = whole();
    (fake.value.scripting as { executeScript: unknown }).executeScript = async ({
      target,
    }: {
      target: { frameIds: number[] };
    }) => {
      if (target.frameIds[0] !== 0) throw new Error('Cannot access contents of the page.');
    };
    handleTranslateCommands(explain);
    onClicked.emit({ menuItemId: 'translate-written', frameId: 4, editable: true }, { id: 3 });
    await soon();
    expect([asked, titles]).toEqual([[], ['Linnet: page-restricted, in words']]);
    onClicked.emit(
      { menuItemId: 'translate-selection', selectionText: 'One', frameId: 4, editable: true },
      { id: 3 },
    );
    await soon();
    expect(asked).toEqual([[3, 'linnet:page:translate-selection', { text: 'One', inFrame: true }, 0]]);
  });

  it('show on the icon that nothing was selected', async () => {
    const { badges, titles, onClicked, answer } = whole();
    answer.error = toWire(new AppError('text-none', { who: 'page', message: 'nothing is selected' }));
    handleTranslateCommands(explain);
    onClicked.emit({ menuItemId: 'translate-selection' }, { id: 3 });
    await soon();
    expect([badges, titles]).toEqual([['!'], ['Linnet: text-none, in words']]);
  });

  it('have a shortcut, also if the browser does not report the tab', async () => {
    const { asked, onCommand } = whole();
    handleTranslateCommands(explain);
    onCommand.emit('translate');
    onCommand.emit('another', { id: 3 });
    await soon();
    expect(asked).toEqual([[7, 'linnet:page:translate-this', {}, 0]]);
  });

  it('do nothing if the browser has neither', () => {
    whole();
    fake.value = { ...fake.value, commands: undefined, contextMenus: undefined };
    expect(() => handleTranslateCommands(explain)).not.toThrow();
  });

  it('show on the icon that a page cannot be translated', async () => {
    const { badges, titles, onCommand } = whole();
    (fake.value.scripting as { executeScript: unknown }).executeScript = async () => {
      throw new Error('Cannot access a chrome:// URL');
    };
    handleTranslateCommands(explain);
    onCommand.emit('translate', { id: 3 });
    await soon();
    expect(badges).toEqual(['!']);
    expect(titles).toEqual(['Linnet: page-restricted, in words']);
  });
});

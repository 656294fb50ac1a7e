/**
 * Pages that attack what Linnet shows on them: they read it, press it, hide it, remove it, or give their elements the
 * names of what Linnet calls.
 */
import { expect, type LinnetBrowser, type Page, type Site, test } from '../harness/index.ts';
import { ask, Bubble, callLinnet, demoModel, importTerms, select } from '../story.ts';

const text =
  '<p id="kept">Iris met Max, a doctor.</p><p id="missed">Under a tree Iris found a red chair.</p>';
const german = 'Unter einem Baum fand Iris einen roten Stuhl.';
const document_ = (head: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A day</title><style>body { font: 18px/1.6 serif; margin: 2em; min-height: 90vh }</style>${head}</head><body><main>${text}</main>${body}</body></html>`;

/** What a page does before Linnet is called on it. */
const SPY = `<script>
  window.roots = []; window.heard = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { const root = attach.call(this, { ...init, mode: 'open' }); roots.push(root); return root; };
  for (const name of ['linnet-bubble', 'linnet-control', 'linnet-translation']) customElements.define(name, class extends HTMLElement {
    static disabledFeatures = name === 'linnet-translation' ? [] : ['shadow'];
    constructor() { super(); try { setTimeout(() => roots.push(this.attachInternals().shadowRoot)); } catch {} }
  });
  for (const name of ['keydown', 'keypress', 'keyup', 'input', 'change', 'copy', 'click', 'pointerdown', 'message'])
    addEventListener(name, (event) => heard.push(name + ' ' + (event.key ?? '')), true);
</script>`;

/** Words of a person's glossary and settings, and words that only Linnet shows. */
const PRIVATE = ['Sessel', 'glossary', 'Deutsch', 'Replace', 'Copy'];

/** Everything that a page can try to read a closed shadow root and a frame in it. Returns what it found. */
function pry(words: readonly string[]): string[] {
  const found: string[] = [];
  const page = window as unknown as Window & {
    readonly roots: (ShadowRoot | null)[];
    find(word: string): boolean;
  };
  const all = [...document.querySelectorAll<HTMLElement>('*')];
  for (const element of all) {
    const attempts = {
      internals: () => element.attachInternals().shadowRoot,
      shadowRoot: () => (element.matches('main *') ? null : element.shadowRoot),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        if (attempt() !== null) found.push(`${name} of ${element.nodeName}`);
      } catch {
        // As it should be.
      }
    }
  }
  for (const word of words) {
    getSelection()!.removeAllRanges();
    if (page.find(word)) found.push(`find ${word}: ${getSelection()}`);
    if (document.documentElement.outerHTML.includes(word)) found.push(`HTML ${word}`);
    if (page.roots.some((root) => root?.textContent?.includes(word))) found.push(`root ${word}`);
  }
  document.execCommand('selectAll');
  const selected = String(getSelection());
  for (const word of words) if (selected.includes(word)) found.push(`selected ${word}`);
  getSelection()!.removeAllRanges();
  if (page.length > 0) found.push(`${page.length} frames`);
  for (const { name } of performance.getEntries()) if (/^chrome-extension/.test(name)) found.push(name);
  return found;
}

/** Every event that a page can send to what it sees of Linnet. */
function poke(): void {
  const hosts = [...document.querySelectorAll('html > :not(head, body)')];
  for (const host of hosts) {
    const { left, top, width, height } = host.getBoundingClientRect();
    const at = {
      clientX: left + width / 2,
      clientY: top + height / 2,
      bubbles: true,
      composed: true,
      cancelable: true,
    };
    for (const name of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick']) {
      host.dispatchEvent(new PointerEvent(name, at));
      document.elementFromPoint(at.clientX, at.clientY)?.dispatchEvent(new PointerEvent(name, at));
    }
    for (const key of ['Enter', ' ', 'Escape'])
      for (const name of ['keydown', 'keyup']) host.dispatchEvent(new KeyboardEvent(name, { ...at, key }));
    for (const name of ['input', 'change', 'submit']) host.dispatchEvent(new Event(name, at));
    (host as HTMLElement).click();
    (host as HTMLElement).focus();
  }
  for (const kind of ['act', 'ready', 'size'])
    window.postMessage(
      { kind, name: 'translate', args: [], seenFor: 9999, size: { width: 1, height: 1 } },
      '*',
    );
}

const badge = (linnet: LinnetBrowser): Promise<string> =>
  linnet.serviceWorker()!.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    return chrome.action.getTitle({ tabId: tab!.id });
  });

test('a page reads no private word, hears no key, and presses nothing', async ({ linnet, site }) => {
  await demoModel(linnet);
  const own = await importTerms(linnet, 'en,de,chair,Sessel');
  const page = await linnet.open(site.page('/spy', document_(SPY, '')));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  await select(page, '#missed');
  await expect.poll(() => bubble.text('offer')).toContain('Translate');
  await page.waitForTimeout(500);
  await page.evaluate(poke);
  await page.waitForTimeout(500);
  expect(await bubble.text('offer')).toContain('Translate');
  await bubble.press('Translate');
  await bubble.translated();
  expect(await bubble.text('missed')).toContain('chair');
  await page.evaluate(() => ((window as unknown as { heard: string[] }).heard.length = 0));
  await page.keyboard.press('d');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([]);
  expect(await page.evaluate(pry, PRIVATE)).toEqual([]);
  const settings = await ask(own, 'settings', {});
  await page.evaluate(poke);
  await page.waitForTimeout(300);
  expect(await bubble.text('text')).toBe(german);
  expect(await ask(own, 'settings', {})).toEqual(settings);

  // The same for a whole page: its translation is in the page, what a person should know about it is not.
  await bubble.press('Translate this page');
  const bar = new Bubble(page, 'bar');
  await expect(page.locator('#missed linnet-translation')).toHaveText(german);
  await expect.poll(() => bar.text('said')).toBe('2 of 2');
  await expect.poll(() => bar.text('notes')).toContain('Not as in your glossary: chair');
  expect(await page.evaluate(pry, PRIVATE)).toEqual([]);
  await page.evaluate(poke);
  await expect(page.locator('#missed linnet-translation')).toHaveText(german);
  expect(await ask(own, 'settings', {})).toEqual(settings);
  expect(linnet.pageErrors).toEqual([]);
});

const TRANSITION = 'a view transition';

/** Tricks by which a person clicks what they do not see. Each is undone by the function that `apply` leaves behind. */
const TRICKS: Readonly<Record<string, string>> = {
  'a cover that lets clicks through': `cover({ inset: 0, width: '100%', height: '100%', background: '#fff' });`,
  'the shadow of a cover elsewhere': `cover({ left: 0, top: 0, width: '1px', height: '1px', boxShadow: '0 0 0 4000px #fff' });`,
  'a pseudo-element of the host': `const s = document.createElement('style'); s.textContent = 'html > div::before { content: ""; position: fixed; inset: 0; background: #fff; pointer-events: none }'; document.head.append(s); undo = () => s.remove();`,
  'a backdrop': `const s = document.createElement('style'); s.textContent = '.back::backdrop { background: #fff; pointer-events: none }'; document.head.append(s); cover({ left: 0, top: 0, width: '1px', height: '1px' }); document.body.lastElementChild.className = 'back'; const one = undo; undo = () => { one(); s.remove(); };`,
  [TRANSITION]: `const s = document.createElement('style'); s.textContent = '::view-transition { background: #fff; pointer-events: none } ::view-transition-group(root) { animation-duration: 600s } ::view-transition-old(root), ::view-transition-new(root) { animation: none; opacity: 0 }'; document.head.append(s); const t = document.startViewTransition(() => {}); undo = () => { t.skipTransition(); s.remove(); };`,
};

const apply = (page: Page, trick: string) =>
  page.evaluate((code) => {
    const host = document.querySelector('html > :not(head, body)')!;
    const cover = (style: object) => {
      const over = document.createElement('div');
      over.popover = 'manual';
      const base = {
        position: 'fixed',
        margin: 0,
        border: 0,
        padding: 0,
        inset: 'auto',
        pointerEvents: 'none',
      };
      Object.assign(over.style, base, style);
      document.body.append(over);
      over.showPopover();
      // Linnet puts itself above what a page opens, but not as often as a page can.
      const again = setInterval(() => {
        over.hidePopover();
        over.showPopover();
      }, 20);
      return () => {
        clearInterval(again);
        over.remove();
      };
    };
    const run = new Function(
      'host',
      'make',
      `let undo; const cover = (s) => { undo = make(s); }; ${code}; return undo;`,
    );
    (window as unknown as { undo: () => void }).undo = run(host, cover) as () => void;
  }, trick);

/** Opens a page with the bubble's offer on it, and gives what offers again. */
async function withOffer(linnet: LinnetBrowser, site: Site) {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/bait', document_('', '')));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  const offer = async () => {
    await page.evaluate(() => getSelection()!.removeAllRanges());
    await expect.poll(() => bubble.frame()).toBeUndefined();
    await select(page, '#missed');
    await expect.poll(() => bubble.text('offer')).toContain('Translate');
  };
  return { page, bubble, offer };
}

/** Every run tries a cover and what is drawn above all others; the rest of the tricks is tried on demand. */
const ALWAYS = ['a cover that lets clicks through', TRANSITION];

async function seeThrough(
  { page, bubble, offer }: Awaited<ReturnType<typeof withOffer>>,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    await offer();
    await apply(page, TRICKS[name]!);
    await page.waitForTimeout(800);
    const { x, y } = await page.evaluate(() => {
      const { left, top, width, height } = document
        .querySelector('html > :not(head, body)')!
        .getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
    await page.mouse.click(x, y);
    // While a transition lasts, the frame does not draw.
    if (name !== TRANSITION)
      await expect.poll(() => bubble.text('refused'), { message: name }).toContain('nothing was done');
    await page.waitForTimeout(500);
    await page.evaluate(() => (window as unknown as { undo: () => void }).undo());
    // During a transition the click may reach the page instead, which then has no selection.
    await page.waitForTimeout(500);
    expect(await bubble.text('panel'), name).toBeUndefined();
  }
}

test('a click counts only where a person sees what they click', async ({ linnet, site }) => {
  const offered = await withOffer(linnet, site);
  const { page, bubble, offer } = offered;
  await seeThrough(offered, ALWAYS);
  await offer();
  // What the page writes on the element itself does not stay.
  await page.evaluate(() => {
    const host = document.querySelector<HTMLElement>('html > :not(head, body)')!;
    host.style.cssText = 'opacity: 0 !important; transform: scale(9)';
    host.inert = true;
    host.id = 'mine';
    // Neither do animations have an effect: what is set as important comes first.
    for (const to of [
      { opacity: 0 },
      { clipPath: 'circle(6px)' },
      { transform: 'scale(9)' },
      { filter: 'opacity(0)' },
    ])
      host.animate([to, to], 1e6);
  });
  const put = async () =>
    (await bubble.host())?.evaluate((host) => {
      const { opacity, clipPath, transform, filter } = getComputedStyle(host);
      return [host.id, host.inert, opacity, clipPath, transform, filter];
    });
  await expect.poll(put).toEqual(['', false, '1', 'none', 'none', 'none']);
  await bubble.press('Translate');
  await bubble.translated();
  expect(await bubble.text('text')).toBe(german);
  // A page made tiny does not make the bubble tiny.
  await page.evaluate(() => {
    document.documentElement.style.zoom = '0.3';
    dispatchEvent(new Event('resize'));
  });
  const width = async () => (await bubble.host())?.evaluate((host) => host.getBoundingClientRect().width);
  await expect.poll(width).toBe(380);
});

test('more ways to hide what a person clicks', { tag: '@rare' }, async ({ linnet, site }) => {
  const others = Object.keys(TRICKS).filter((name) => !ALWAYS.includes(name));
  await seeThrough(await withOffer(linnet, site), others);
});

const NAMES = [
  'activeElement',
  'addEventListener',
  'append',
  'body',
  'createElement',
  'createRange',
  'documentElement',
  'elementFromPoint',
  'getSelection',
  'head',
  'parentElement',
  'parentNode',
  'querySelectorAll',
];
const clobbered = `<form>${NAMES.map((name) => `<input name="${name}">`).join('')}</form>${NAMES.map((name) => `<img name="${name}" alt="">`).join('')}
<form id="browser"><input name="runtime" id="x"></form><img id="linnetPresence" alt=""><img id="Speech" alt="">`;

test('pages that remove, block or shadow what Linnet uses: it works, or it gives up and says so', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await demoModel(linnet);
  const works = async (page: Page) => {
    const bubble = new Bubble(page);
    // The popup gives access to the page, and says what it can do there.
    const popup = await linnet.openPopup(page);
    const said = popup.getByRole('button', { name: 'Summarise this page' }).or(popup.getByRole('alert'));
    await expect(said.first()).toBeVisible();
    await popup.close();
    // By the mouse: the page replaces what scripts select with.
    await page.mouse.click(120, 92, { clickCount: 3 });
    await bubble.press('Translate');
    await bubble.translated();
    expect(await bubble.text('text')).toBe(german);
    await page.close();
  };
  await works(await linnet.open(site.page('/names', document_('', clobbered))));

  const strict = await linnet.context.newPage();
  const headers = {
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
  };
  const body = document_('', '');
  await strict.route('**/strict', (route) => route.fulfill({ contentType: 'text/html', headers, body }));
  await strict.goto(site.url('/strict'));
  await works(strict);

  const remover = `<script>window.removed = 0; new MutationObserver(() => {
    for (const one of document.querySelectorAll('html > :not(head, body)')) { removed++; one.remove(); }
  }).observe(document, { childList: true, subtree: true });</script>`;
  const page = await linnet.open(site.page('/remover', document_(remover, '')));
  await callLinnet(linnet, page);
  await select(page, '#missed');
  await expect.poll(() => badge(linnet)).toContain('removes or blocks what Linnet shows');
  // A few times, not for ever.
  expect(await page.evaluate(() => (window as unknown as { removed: number }).removed)).toBeLessThan(12);

  const boxed = await linnet.context.newPage();
  await boxed.route('**/boxed', (route) =>
    route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': 'sandbox' }, body }),
  );
  await boxed.goto(site.url('/boxed'));
  await callLinnet(linnet, boxed);
  await select(boxed, '#missed');
  await expect.poll(() => badge(linnet)).toContain('removes or blocks what Linnet shows');
  expect(linnet.pageErrors).toEqual([]);
});

declare const chrome: {
  readonly tabs: { query(wanted: object): Promise<{ readonly id: number }[]> };
  readonly action: { getTitle(of: object): Promise<string> };
};

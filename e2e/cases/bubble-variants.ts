/** Pages made to be hard for a bubble, several of each kind; see bubble-cases.ts for those of the world. */
import type { BubbleTrial } from './bubble-trial.ts';

export interface BubbleVariant {
  readonly name: string;
  readonly html: string;
  /** Of the variants of its kind the one that every run tries; the others are tried on demand. */
  readonly always?: true;
  /** Without it: `#one` is selected, and the offer is beside it and opens the bubble. */
  readonly check?: (trial: BubbleTrial) => Promise<void>;
}

const WORDS = 'Iris works as a musician.';
const OTHER = 'She wanted to find a new job.';
const pageOf = (body: string, head = '', root = '') =>
  `<!doctype html><html lang="en"${root}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Places</title>${head}</head><body>${body}</body></html>`;
const words = `<p>${OTHER}</p><p><span id="one">${WORDS}</span></p>`;
const inFrame = (style: string, inner = `<p id=one>${WORDS}</p>`, more = '') =>
  `<p>${OTHER}</p><iframe style="${style}"${more} srcdoc="${inner.replaceAll('"', '&quot;')}"></iframe>`;

const selectInFrame = async (trial: BubbleTrial, path: readonly number[] = [0]) => {
  let frame = trial.page.mainFrame();
  for (const index of path) frame = frame.childFrames()[index]!;
  await trial.select('#one', frame);
  await trial.offered(await trial.inFrame(frame, '#one'), 'in the frame');
  await trial.opens('in the frame');
};

/** Every kind of event, stopped before anything else hears of it. */
const STOPS = `<script>for (const type of ['pointerdown','pointerup','pointermove','pointercancel','mousedown','mouseup','click','touchstart','touchend','keydown','keyup','selectstart','selectionchange','focusin','focusout','blur','focus','scroll','load','toggle'])
  window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);</script>`;

const click = (selector: string) => async (trial: BubbleTrial) => {
  await trial.page.locator(selector).click();
  await trial.select('#one');
  await trial.offered(trial.page.locator('#one'), 'after the click');
  await trial.opens('after the click');
};

export const bubbleVariants: readonly BubbleVariant[] = [
  {
    name: 'frame with border, padding and zoom',
    html: pageOf(inFrame('zoom:1.4;border:9px solid;padding:20px;width:60%;height:200px')),
    check: selectInFrame,
  },
  {
    name: 'frame that is scaled, in a page that is zoomed',
    always: true,
    html: pageOf(inFrame('transform:scale(.8);width:80%;height:300px'), '', ' style="zoom:1.25"'),
    check: selectInFrame,
  },
  {
    name: 'frame in a frame, scrolled',
    html: pageOf(
      inFrame(
        'width:90%;height:300px',
        `<div style="height:900px"></div>${inFrame('width:80%;height:120px;border:3px solid').replaceAll('"', "'")}<div style="height:900px"></div>`,
      ),
    ),
    async check(trial) {
      await trial.page.frames()[1]!.evaluate(() => scrollTo(0, 850));
      await selectInFrame(trial, [0, 0]);
    },
  },
  {
    name: 'frame in a shadow root, added later, of a field',
    html: pageOf(
      `<p>${OTHER}</p><div id="host"></div><script>setTimeout(() => { host.attachShadow({ mode: 'open' }).innerHTML = '<iframe style="height:200px"></iframe>'; host.shadowRoot.firstChild.srcdoc = '<textarea id=one>${WORDS}</textarea>'; }, 1500)</script>`,
    ),
    async check(trial) {
      await trial.page.waitForFunction(
        () =>
          (document
            .querySelector('#host')
            ?.shadowRoot?.querySelector('iframe')
            ?.contentDocument?.querySelector('#one') ?? null) !== null,
      );
      await selectInFrame(trial);
    },
  },
  {
    name: 'the same words in the page and in a frame',
    html: pageOf(`<p id="out">${WORDS}</p>${inFrame('height:150px')}`),
    async check(trial) {
      // Measured now: the bubble will lie over the frame.
      const inner = trial.page.mainFrame().childFrames()[0]!;
      const place = await trial.inFrame(inner, '#one');
      await trial.select('#out');
      await trial.offered(trial.page.locator('#out'), 'in the page');
      await trial.opens('in the page');
      await trial.page.evaluate(() => getSelection()!.removeAllRanges());
      await trial.select('#one', inner);
      await trial.offered(place, 'in the frame');
      await trial.opens('in the frame');
    },
  },
  {
    name: 'zoom on body and a transform on the root',
    html: pageOf(words, '<style>html{transform:translateX(30px) scale(.9)} body{zoom:1.6}</style>'),
  },
  { name: 'a root element that is zoomed out', html: pageOf(words, '<style>html{zoom:60%}</style>') },
  {
    name: 'a root with perspective, filter and will-change',
    html: pageOf(
      words,
      '<style>html{perspective:300px;filter:sepia(.1);will-change:transform;contain:paint}body{transform:rotate(.01deg)}</style>',
    ),
  },
  {
    name: 'a page that zooms while the bubble is shown',
    html: pageOf(words),
    async check(trial) {
      await trial.select('#one');
      await trial.offered(trial.page.locator('#one'), 'before');
      await trial.page.evaluate(() => {
        document.documentElement.style.zoom = '1.5';
        dispatchEvent(new Event('resize'));
      });
      await trial.offered(trial.page.locator('#one'), 'after');
      await trial.opens('after');
    },
  },
  { name: 'every event is stopped in the capture phase', always: true, html: pageOf(words, STOPS) },
  {
    name: 'the release of the pointer is stopped',
    html: pageOf(
      `<p id="one" style="font-size:30px">${WORDS}</p>`,
      `<script>for (const type of ['pointerup', 'mouseup', 'touchend', 'pointercancel']) window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);</script>`,
    ),
    async check(trial) {
      const box = (await trial.page.locator('#one').boundingBox())!;
      await trial.page.mouse.move(box.x + 5, box.y + 15);
      await trial.page.mouse.down();
      await trial.page.mouse.move(box.x + 200, box.y + 15, { steps: 4 });
      await trial.page.mouse.up();
      await trial.offered(trial.page.locator('#one'), 'dragged');
      await trial.opens('dragged');
    },
  },
  {
    name: 'an opened popover, then another one',
    html: pageOf(
      `<p>${OTHER}</p><button id="go" popovertarget="pop">Open</button><div id="pop" popover><p id="one">${WORDS}</p></div>`,
    ),
    check: async (trial) => {
      await click('#go')(trial);
      trial.expect(
        await trial.page.locator('#pop').evaluate((pop) => pop.matches(':popover-open')),
        'the popover is closed',
      );
    },
  },
  {
    name: 'a popover that the page opens over the offer',
    always: true,
    html: pageOf(
      `${words}<div id="pop" popover="manual" style="inset:0;width:100%;height:100%;margin:0;background:#fff8">On top</div>`,
    ),
    async check(trial) {
      await trial.select('#one');
      await trial.offered(trial.page.locator('#one'), 'before');
      await trial.page.evaluate(() => document.querySelector<HTMLElement>('#pop')!.showPopover());
      await trial.opens('below a popover');
    },
  },
  {
    name: 'a menu of a script that closes when something else is pressed',
    html: pageOf(
      `<div id="menu"><p id="one">${WORDS}</p></div><script>for (const type of ['pointerdown', 'mousedown', 'click', 'focusin']) document.addEventListener(type, ({ target }) => { if (!menu.contains(target)) menu.hidden = true; }, true);</script>`,
    ),
    async check(trial) {
      await trial.select('#one');
      await trial.offered(trial.page.locator('#one'), 'in the menu');
      await trial.bubble.pressIfThere('Translate');
      trial.expect((await trial.bubble.text('head')) !== undefined, 'nothing is opened');
    },
  },
  {
    name: 'a modal dialog in a modal dialog',
    html: pageOf(
      `<button id="go" onclick="a.showModal();b.showModal()">Open</button><dialog id="a"><p>${OTHER}</p><dialog id="b" style="transform:scale(1.2)"><p id="one">${WORDS}</p></dialog></dialog>`,
    ),
    check: click('#go'),
  },
  {
    name: 'a modal dialog in a shadow root, zoomed',
    always: true,
    html: pageOf(
      `<p>${OTHER}</p><div id="host"></div><script>host.attachShadow({ mode: 'open' }).innerHTML = '<dialog style="zoom:1.3;overflow:hidden;contain:layout paint"><p id="one" tabindex="0">${WORDS}</p></dialog>'; host.shadowRoot.firstChild.showModal(); host.shadowRoot.querySelector('#one').focus()</script>`,
    ),
  },
  {
    name: 'full screen of a component',
    html: pageOf(
      `<button id="go" onclick="host.requestFullscreen()">Full</button><div id="host"></div><script>host.attachShadow({ mode: 'open' }).innerHTML = '<p id="one" style="background:#fff">${WORDS}</p>';</script>`,
    ),
    check: click('#go'),
  },
  {
    name: 'full screen inside of a component',
    always: true,
    html: pageOf(
      `<div id="host"></div><script>host.attachShadow({ mode: 'open' }).innerHTML = '<button id="go">Full</button><div><p id="one" style="background:#fff">${WORDS}</p></div>'; host.shadowRoot.querySelector('#go').onclick = () => host.shadowRoot.querySelector('div').requestFullscreen();</script>`,
    ),
    check: click('#go'),
  },
  {
    name: 'full screen that is entered and left while the bubble is open',
    html: pageOf(
      `<div id="full"><button id="go" onclick="document.fullscreenElement ? document.exitFullscreen() : full.requestFullscreen()">Full</button>${words}</div>`,
    ),
    async check(trial) {
      await click('#go')(trial);
      await trial.close();
      await trial.page.evaluate(() => document.exitFullscreen());
      await trial.page.evaluate(() => getSelection()!.removeAllRanges());
      await trial.page.waitForTimeout(600);
      await trial.select('#one');
      await trial.offered(trial.page.locator('#one'), 'left');
      await trial.page.evaluate(() => document.querySelector('#full')!.requestFullscreen()).catch(() => {});
      await trial.opens('entered again');
    },
  },
  {
    name: 'vertical writing of a whole page',
    always: true,
    html: pageOf(
      `<p style="height:90vh">${OTHER}</p><p id="one" style="height:95vh">${`${WORDS} `.repeat(3)}</p>`,
      '<style>html{writing-mode:vertical-rl}</style>',
    ),
  },
  {
    name: 'vertical writing that fills a page from left to right',
    html: pageOf(
      `<div style="writing-mode:vertical-lr;height:100vh;margin:-8px"><p id="one">${`${WORDS} `.repeat(12)}</p></div>`,
    ),
  },
  {
    name: 'a page from right to left, scrolled',
    html: pageOf(
      `<div style="height:3000px;width:3000px"></div><p id="one" style="width:12em">${WORDS}</p><div style="height:1000px"></div><script>document.querySelector('#one').scrollIntoView({ block: 'center' })</script>`,
      '',
      ' dir="rtl"',
    ),
  },
  {
    name: 'styles for all elements, popovers and frames',
    always: true,
    html: pageOf(
      words,
      '<style>*, *::before{opacity:.2!important;filter:blur(4px)!important;transform:scale(.3)!important;zoom:3!important;animation:none!important;translate:90px!important} body, body *{opacity:1!important;filter:none!important;transform:none!important;zoom:1!important;translate:none!important} iframe{display:none!important} [popover]{inset:-999px!important}</style>',
    ),
  },
];

/** Ways to hide words from a person but not from a program, each with a look-alike that is seen and has to be read. */

/** `hidden` and `shown` are HTML around `{words}`. */
interface HidingTrick {
  readonly name: string;
  readonly hidden: string;
  readonly shown: string;
}

const p = (style: string, more = '') => `<p style="${style}"${more}>{words}</p>`;
const inside = (outer: string, inner = '') => `<div style="${outer}"><p style="${inner}">{words}</p></div>`;
const bright =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22%3E%3Crect width=%229%22 height=%229%22 fill=%22navy%22/%3E%3C/svg%3E';

export const hidingTricks: readonly HidingTrick[] = [
  { name: 'display: none', hidden: p('display:none'), shown: p('display:inline-block') },
  { name: 'display: none of a parent', hidden: inside('display:none'), shown: inside('display:contents') },
  {
    name: 'visibility: hidden',
    hidden: p('visibility:hidden'),
    shown: inside('visibility:hidden', 'visibility:visible'),
  },
  { name: 'visibility: collapse', hidden: p('visibility:collapse'), shown: p('visibility:visible') },
  { name: 'opacity 0', hidden: p('opacity:0'), shown: p('opacity:0.5') },
  {
    name: 'opacity of several parents',
    hidden: `<div style="opacity:.3">${inside('opacity:.3', 'opacity:.5')}</div>`,
    shown: inside('opacity:.7', 'opacity:.7'),
  },
  { name: 'filter: opacity', hidden: p('filter:opacity(0)'), shown: p('filter:opacity(60%)') },
  { name: 'the attribute hidden', hidden: p('', ' hidden'), shown: p('', ' aria-hidden="true"') },
  {
    name: 'hidden content visibility',
    hidden: p('content-visibility:hidden'),
    shown: p('content-visibility:auto'),
  },
  {
    name: 'a template',
    hidden: '<template>{words}</template>',
    shown: '<details><summary>More</summary>{words}</details>',
  },
  {
    name: 'far to the left',
    hidden: p('position:absolute;left:-9999px'),
    shown: p('position:relative;left:4px'),
  },
  { name: 'far above', hidden: p('position:absolute;top:-9999px'), shown: p('position:sticky;top:0') },
  {
    name: 'fixed outside of the view',
    hidden: p('position:fixed;top:110vh'),
    shown: p('position:fixed;bottom:0;left:0;max-width:20em;background:#fff'),
  },
  {
    name: 'moved by a transform',
    hidden: p('transform:translateX(-9999px)'),
    shown: p('transform:translateX(3px)'),
  },
  { name: 'moved by a margin', hidden: p('margin-left:-9999px;width:500px'), shown: p('margin-left:-2px') },
  { name: 'text indent', hidden: p('text-indent:-9999px;overflow:hidden'), shown: p('text-indent:2em') },
  {
    name: 'text indent beyond a clipped box',
    hidden: p('text-indent:110%;white-space:nowrap;overflow:hidden;width:200px'),
    shown: p('text-indent:-1em;padding-left:1em;overflow:hidden'),
  },
  {
    name: 'no height',
    hidden: inside('height:0;overflow:hidden'),
    shown: inside('height:0;overflow:visible;margin-bottom:4em'),
  },
  {
    name: 'no greatest height',
    hidden: inside('max-height:0;overflow:hidden'),
    shown: inside('max-height:4em;overflow:hidden'),
  },
  {
    name: 'no width',
    hidden: inside('width:0;overflow:hidden;white-space:nowrap'),
    shown: inside('width:12em;overflow:hidden'),
  },
  {
    name: 'the box of one pixel for screen readers',
    hidden: p(
      'position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip:rect(0,0,0,0);white-space:nowrap',
    ),
    shown: p('position:absolute;clip:auto;background:#fff'),
  },
  {
    name: 'clip',
    hidden: p('position:absolute;clip:rect(1px,1px,1px,1px)'),
    shown: p('clip:rect(1px,1px,1px,1px)'),
  },
  { name: 'clip-path: inset', hidden: p('clip-path:inset(50%)'), shown: p('clip-path:inset(1px)') },
  { name: 'clip-path: circle', hidden: p('clip-path:circle(0)'), shown: p('clip-path:circle(90%)') },
  {
    name: 'clip-path: polygon',
    hidden: p('clip-path:polygon(0 0, 0 0, 0 0)'),
    shown: p('clip-path:polygon(0 0, 100% 0, 100% 100%, 0 100%)'),
  },
  { name: 'font size 0', hidden: p('font-size:0'), shown: inside('font-size:0', 'font-size:16px') },
  { name: 'font size of a pixel', hidden: p('font-size:1px'), shown: p('font-size:9px') },
  { name: 'scaled to nothing', hidden: p('transform:scale(0)'), shown: p('transform:scale(.8)') },
  { name: 'scaled to a line of dust', hidden: p('transform:scale(.02)'), shown: p('scale:1.1') },
  { name: 'turned to its edge', hidden: p('transform:rotateY(90deg)'), shown: p('transform:rotate(2deg)') },
  {
    name: 'letters upon each other',
    hidden: p('letter-spacing:-1em;font-size:16px'),
    shown: p('letter-spacing:-.03em'),
  },
  { name: 'white on white', hidden: p('color:#fff'), shown: p('color:#fff;background:#123') },
  { name: 'nearly white on white', hidden: p('color:#fdfdfd'), shown: p('color:#999') },
  {
    name: 'dark on dark',
    hidden: inside('background:#111;padding:1em', 'color:#131313'),
    shown: inside('background:#111;padding:1em', 'color:#eee'),
  },
  {
    name: 'the colour of the ground in another notation',
    hidden: p('color:oklch(100% 0 0)'),
    shown: p('color:oklch(40% .1 200)'),
  },
  {
    name: 'the colour of a gradient',
    hidden: inside('background:linear-gradient(#fff,#fefefe)', 'color:#fff'),
    shown: inside('background:linear-gradient(#024,#046)', 'color:#fff'),
  },
  {
    name: 'transparent',
    hidden: p('color:transparent'),
    shown: p(
      'color:transparent;background:linear-gradient(90deg,#b00,#00b);-webkit-background-clip:text;background-clip:text',
    ),
  },
  {
    name: 'a transparent fill',
    hidden: p('-webkit-text-fill-color:transparent'),
    shown: p('-webkit-text-fill-color:#222;color:transparent'),
  },
  {
    name: 'white on white, where a picture is elsewhere',
    hidden: p('color:#fff'),
    shown: `<div style="position:relative;height:60px"><img src="${bright}" alt="" style="position:absolute;inset:0;width:100%;height:60px"><p style="position:relative;color:#fff">{words}</p></div>`,
  },
  {
    name: 'dots in the place of letters',
    hidden: p('-webkit-text-security:disc'),
    shown: p('text-decoration:line-through'),
  },
  {
    name: 'a closed dialog',
    hidden: '<dialog><p>{words}</p></dialog>',
    shown: '<div popover style="display:block;position:static">{words}</div>',
  },
  {
    name: 'a popover that is not open',
    hidden: '<div popover>{words}</div>',
    shown: '<p tabindex="0">{words}</p>',
  },
  {
    name: 'beyond the edge of a clipped line',
    hidden: `<div style="position:relative;height:20px;overflow:hidden">-<p style="position:absolute;top:40px;margin:0">{words}</p></div>`,
    shown: inside('height:60px;overflow:auto', 'margin-top:80px'),
  },
  {
    name: 'a slide that is not in front',
    hidden: `<div style="width:200px;overflow:hidden;white-space:nowrap"><p style="display:inline-block;width:200px">Slide</p><p style="display:inline-block;width:200px">{words}</p></div>`,
    shown: inside('width:200px;overflow-x:scroll;white-space:nowrap', 'margin-left:300px'),
  },
  {
    name: 'a panel of tabs that is not in front',
    hidden: '<div role="tabpanel" hidden>{words}</div>',
    shown:
      '<h3><button aria-expanded="false" aria-controls="accordion-1">Question</button></h3><div id="accordion-1" hidden>{words}</div>',
  },
  {
    name: 'a frame that is hidden',
    hidden: '<iframe style="display:none" srcdoc="<p>{words}</p>"></iframe>',
    shown: '<iframe style="width:400px;height:120px" srcdoc="<p>{words}</p>"></iframe>',
  },
  {
    name: 'in a shadow root',
    hidden:
      '<div><template shadowrootmode="open"><style>p{display:none}</style><p>{words}</p></template></div>',
    shown: '<div><template shadowrootmode="open"><style>p{color:#222}</style><p>{words}</p></template></div>',
  },
  {
    name: 'not in any slot',
    hidden: '<div><template shadowrootmode="open">Shown instead.</template>{words}</div>',
    shown: '<div><template shadowrootmode="open"><slot></slot></template>{words}</div>',
  },
  {
    name: 'hidden program text',
    hidden: '<pre style="visibility:hidden">{words}</pre>',
    shown: '<pre style="visibility:hidden"><code style="visibility:visible">{words}</code></pre>',
  },
  {
    name: 'program text beyond the edge of the page',
    hidden: '<pre style="position:absolute;left:-9999px">{words}</pre>',
    shown: '<pre style="overflow:auto;width:8em">{words}</pre>',
  },
  {
    name: 'program text in the colour of its ground',
    hidden: '<pre style="background:#123">let a<span style="color:#152637">{words}</span></pre>',
    shown: '<pre style="background:#123;color:#fff">let a<span style="color:#9cf">{words}</span></pre>',
  },
  {
    name: 'program text without size in a line',
    hidden: '<pre>let a<span style="font-size:0">{words}</span></pre>',
    shown: '<pre>let a<span style="opacity:.8"> {words}</span></pre>',
  },
  {
    name: 'lines of text in the colour of their ground',
    hidden: '<p style="white-space:pre-wrap;color:#fff">{words}\n\u00a0</p>',
    shown: '<p style="white-space:pre-wrap;color:#999">{words}\n\u00a0</p>',
  },
  {
    name: 'the source of a formula that is not shown',
    hidden: '<p>a<span class="katex" style="visibility:hidden" data-tex="{words}">x</span></p>',
    shown: '<p>a <span class="katex" data-tex="{words}">x</span></p>',
  },
  {
    name: 'the source of a formula without size',
    hidden: '<p>a<span class="MathJax" style="font-size:0" data-tex="{words}">x</span></p>',
    shown:
      '<p style="font-size:0"><img class="tex" alt="{words}" width="40" height="20" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"></p>',
  },
  {
    name: 'the source of a formula in the colour of its ground',
    hidden: '<p>a<span class="katex" style="color:#fff" data-tex="{words}">x</span></p>',
    shown: '<p>a <span class="katex" style="color:#999" data-tex="{words}">x</span></p>',
  },
  {
    name: 'faded out',
    hidden: p('opacity:0;transition:opacity 1s;position:fixed;top:0'),
    shown: `<div style="height:150vh"></div><p style="opacity:0;transition:opacity 1s">{words}</p>`,
  },
];

/** Words that are found only in this trick, or in its look-alike. */
export const wordsOf = (index: number, seen: boolean): string =>
  `Trick ${index} writes ${seen ? 'openly' : 'secretly'} about otter${seen ? 'x' : 'q'}${index}.`;

export const trickPage = (): string => {
  const parts = hidingTricks.map(({ hidden, shown }, index) =>
    [
      `<section>${hidden.replaceAll('{words}', wordsOf(index, false))}</section>`,
      `<section>${shown.replaceAll('{words}', wordsOf(index, true))}</section>`,
    ].join(''),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tricks</title><style>body{background:#fff;color:#222}section{position:relative;min-height:2em}</style></head><body><main><h1>Tricks</h1>${parts.join('\n')}</main></body></html>`;
};

/**
 * What a person expects of the pages of ../shared/cases/pages that are about translation. A check runs in the page after
 * its translation and names what is wrong; words in the other language begin with `ü`.
 */
export type CaseView = 'both' | 'translation';

export interface TranslationCase {
  readonly file: string;
  /** Milliseconds that each translation takes. */
  readonly pause?: number;
  /** Milliseconds before the check; without it, until nothing is left to do. */
  readonly wait?: number;
  readonly insist?: true;
  /** Whether the page changes by itself, so that the way back is not compared. */
  readonly moves?: true;
  readonly check: (view: CaseView) => Promise<string[]> | string[];
}

export const translationCases: readonly TranslationCase[] = [
  {
    file: '08-iframe-article.html',
    check(view) {
      const inner = document.querySelector('iframe')!.contentDocument!;
      const shown = inner.body.innerText;
      const wanted = ['üAbout üthe üferry', 'üIris üworks üas üa ümusician.', 'üOld üwooden üboats'];
      const faults = wanted.filter((text) => !shown.includes(text)).map((text) => `no “${text}”`);
      if (view === 'both' && !shown.includes('Old wooden boats')) faults.push('the original is gone');
      if (!document.body.innerText.includes('üReply'))
        faults.push('the page around the frame is not translated');
      return faults;
    },
  },
  {
    file: '23-plain.txt',
    check(view) {
      const shown = document.body.innerText;
      const lines = [
        'üNotice üof üthe üharbour üoffice',
        'üThe ücrane üon üthe üeast üquay üis üclosed üuntil üthe üend üof üthe ümonth.',
      ];
      const wrong = lines.filter((line) => !shown.split('\n').includes(line));
      const original = document.querySelector('pre')!.textContent!.startsWith('Notice of');
      return [
        ...wrong.map((line) => `no line “${line}”`),
        ...(view === 'both' && !original ? ['the original is gone'] : []),
      ];
    },
  },
  {
    file: '24-data.json',
    check() {
      const shown = document.body.innerText;
      const faults: string[] = [];
      if (!shown.includes('"üBerths 12 üto 20 üare üreserved üfor üthe üregatta."'))
        faults.push('a value is not translated');
      if (/ü(?:notices|date|text)/.test(shown)) faults.push('a key is translated');
      return faults;
    },
  },
  {
    file: '41-user-select-none.html',
    check: () =>
      ['üIris üworks üas üa ümusician.', 'üShe üwanted üto üfind üa ünew üjob.'].filter(
        (text) => !document.body.innerText.includes(text),
      ),
  },
  {
    file: '50-react.html',
    moves: true,
    async check() {
      const faults: string[] = [];
      const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      for (let press = 0; press < 4; press++) {
        document.querySelector<HTMLElement>('#go')!.click();
        await later(700);
        if (document.querySelector('#root')!.childElementCount === 0)
          return [`the page is blank after click ${press + 1}`];
      }
      await later(3000);
      const { errors } = window as unknown as { readonly errors: readonly string[] };
      if (errors.length > 0) faults.push(String(errors[0]));
      const text = (id: string) => document.querySelector<HTMLElement>(id)!.innerText;
      if (!text('#go').includes('4')) faults.push(`the counter says ${text('#go')}`);
      for (const [id, words] of [
        ['#a', 'üIris üworks üas üa ümusician.'],
        ['#b', 'üMax, üa üdoctor.'],
        ['#c', 'ü'],
      ])
        if (!text(id!).includes(words!)) faults.push(`${id}: ${text(id!)}`);
      return faults;
    },
  },
  {
    file: '51-prewrap.html',
    check() {
      const lines = document
        .querySelector<HTMLElement>('#a')!
        .innerText.split('\n')
        .filter((line) => line.includes('ü') || line.trim() === '');
      const wanted = [
        'üIris üworks üas üa ümusician.',
        'üIris ümet üMax, üa üdoctor.',
        '',
        'üShe üwanted üto üfind üa ünew üjob.',
        '- üa üred üchair',
        '- üa übrown ühen',
      ];
      const shown = lines.slice(lines.indexOf(wanted[0]!)).join('|');
      return shown === wanted.join('|') ? [] : [shown];
    },
  },
  {
    file: '52-layouts.html',
    check(view) {
      const faults: string[] = [];
      const seen = (id: string, words: string) => {
        const walker = document.createTreeWalker(document.querySelector(id)!, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const at = node.nodeValue!.lastIndexOf(words);
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + words.length);
          const { left, right, top, bottom } = range.getBoundingClientRect();
          const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          if (hit === null || !hit.contains(node)) faults.push(`${id}: “${words}” is not seen`);
          return;
        }
        faults.push(`${id}: “${words}” is not there`);
      };
      seen('#fl', 'üjob.');
      seen('#flex', 'üdoctor.');
      seen('#clamp', 'ümusician.');
      seen('#fixed', 'üdoctor.');
      seen('#ell', 'üchair.');
      seen('#grid', 'ümusician.');
      seen('#grid b', 'üdoctor.');
      const box = (id: string) => document.querySelector(id)!.getBoundingClientRect();
      if (Math.abs(box('#flex span').right - box('#flex').right) > 10)
        faults.push('the price has left its edge');
      if (Math.abs(box('#grid b').left - box('#grid').left - 210) > 12)
        faults.push('the second cell has left its column');
      if (box('#flex').width !== 434 && box('#flex').width !== 420)
        faults.push(`the row is ${box('#flex').width} wide`);
      if (
        view === 'both' &&
        !document.querySelector<HTMLElement>('#flex')!.innerText.includes('Iris met Max')
      )
        faults.push('the original of the row is gone');
      return faults;
    },
  },
  {
    file: '53-countdown.html',
    wait: 7000,
    pause: 300,
    moves: true,
    check() {
      const faults = ['#a', '#b', '#c', '#d', '#t', '#u'].filter(
        (id) => !document.querySelector<HTMLElement>(id)!.innerText.includes('ü'),
      );
      const now = document.querySelector('#s')!.textContent;
      const said = document.querySelector<HTMLElement>('#t')!.innerText;
      const numbers = [...said.matchAll(/\d+/g)].map(String);
      if (numbers.some((number) => Math.abs(Number(number) - Number(now)) > 3))
        faults.push(`the counter says ${said}`);
      return faults;
    },
  },
  {
    file: '55-form.html',
    check() {
      const one = <E extends Element>(selector: string) => document.querySelector<E>(selector)!;
      const said = {
        title: document.title,
        placeholder: one<HTMLInputElement>('#n').placeholder,
        option: one<HTMLOptionElement>('#sel option').text,
        second: one<HTMLSelectElement>('#sel').options[1]!.text,
        button: one('#btn').textContent,
        submit: one<HTMLInputElement>('[type=submit]').value,
        alt: one<HTMLImageElement>('img').alt,
        tooltip: one<HTMLElement>('img').title,
        drawing: one('svg text').textContent,
        label: one('[aria-label]').getAttribute('aria-label'),
      };
      const faults = Object.entries(said)
        .filter(([, text]) => !text?.startsWith('ü'))
        .map(([name, text]) => `${name}: ${text}`);
      if (one<HTMLSelectElement>('#sel').value !== 'Iris works as a musician.')
        faults.push('the option sends its translation');
      return faults;
    },
  },
  {
    file: '57-notranslate-page.html',
    insist: true,
    check: () =>
      document.querySelector<HTMLElement>('#a')!.innerText.includes('üIris üworks') ? [] : ['not translated'],
  },
  {
    file: '58-fights-back.html',
    wait: 6000,
    moves: true,
    check(view) {
      const shown = document.querySelector<HTMLElement>('#a')!.innerText.includes('ü');
      const state = (
        window as unknown as { readonly now: { state(): { done: number; total: number; left: string[] } } }
      ).now.state();
      const claims = state.done === state.total && state.left.length === 0;
      if (shown) return claims ? [] : ['shown, but not counted'];
      return claims
        ? ['called translated']
        : view === 'both' && state.left.length === 0
          ? ['says not what is left']
          : [];
    },
  },
  {
    file: '61-pre-page.html',
    check() {
      const text = document.querySelector<HTMLElement>('pre')!.innerText;
      const wanted = [
        'üIris üworks üas üa ümusician.',
        'üShe üwanted üto üfind üa ünew üjob.',
        '',
        'üIris ümet üMax, üa üdoctor.',
        '',
        "> üShe ücame ühome üat 5 üo'clock.",
      ];
      const lines = text.split('\n');
      const from = lines.indexOf(wanted[0]!);
      return wanted.every((line, index) => lines[from + index] === line) ? [] : [lines.join('|')];
    },
  },
];

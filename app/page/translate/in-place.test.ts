import { describe, expect, it } from 'vitest';
import { nodesOf, setUp, soon, translations } from './page-for-tests.ts';

describe('a page translated in its own nodes', () => {
  it('keeps every node of the page in the tree, and shows the words in the page’s own elements', async () => {
    const { page, body, questions, untouched } = setUp('<p>One <a href="#">two</a> three <b>four</b>.</p>', {
      view: 'translation',
    });
    const before = nodesOf(body);
    await questions[0]!.answer('Eins <1>zwei</1> drei <2>vier</2>.');
    expect(nodesOf(body).filter((node) => !before.includes(node))).toEqual([]);
    expect(body.querySelector('p')!.innerHTML).toBe('Eins <a href="#">zwei</a> drei <b>vier</b>.');
    page.restore();
    untouched();
  });

  it('keeps all elements where the model lost their marks', async () => {
    const { page, body, questions, untouched } = setUp(
      '<p>Under a tree <a>Iris</a> found a <b>red chair</b> <span translate="no">Ashdale</span>.</p>',
      { view: 'translation' },
    );
    await questions[0]!.answer('Unter einem Baum fand Iris einen roten Stuhl.');
    const text = (name: string) => body.querySelector(name)!.textContent;
    expect([text('a'), text('span')]).toEqual(['Iris', 'Ashdale']);
    expect(text('b')).toMatch(/Stuhl|roten/);
    expect(text('p')!.replace(/ ?Ashdale/, '')).toBe('Unter einem Baum fand Iris einen roten Stuhl.');
    page.restore();
    untouched();
  });

  it('shows copies that act as the originals where the order of elements differs', async () => {
    const { page, body, questions, untouched } = setUp('<p><a>One</a> and <b>two</b></p>', {
      view: 'translation',
    });
    const pressed: string[] = [];
    body.querySelector('a')!.addEventListener('click', () => pressed.push('a'));
    await questions[0]!.answer('<2>Zwei</2> und <1>eins</1>');
    const shown = body.querySelector('linnet-translation')!;
    expect(shown.textContent).toBe('Zwei und eins');
    (shown.querySelector('a') as HTMLElement).click();
    expect(pressed).toEqual(['a']);
    page.restore();
    untouched();
  });

  it('keeps the translation of a line whose numbers change, and asks for it once', async () => {
    const { page, body, questions } = setUp('<p>Opens in <b>90</b> seconds</p><p>Two</p>');
    body.querySelector('b')!.textContent = '89';
    page.rescan();
    await questions[0]!.answer('Öffnet in <1>90</1> Sekunden');
    expect(translations(body)[0]).toBe('Öffnet in 89 Sekunden');
    body.querySelector('b')!.textContent = '88';
    page.rescan();
    expect(translations(body)[0]).toBe('Öffnet in 88 Sekunden');
    expect(questions.map(({ text }) => text)).toEqual(['Opens in <1>90</1> seconds', 'Two']);
  });

  it('asks last for a text whose words keep changing', async () => {
    const { page, body, questions } = setUp('<p>One day</p><p>Two</p><p>Three</p>');
    for (const word of ['first', 'second', 'third', 'fourth']) {
      body.querySelector('p')!.firstChild!.nodeValue = `One ${word} day`;
      page.rescan();
    }
    await questions[0]!.answer();
    await questions[1]!.answer();
    await questions[2]!.answer();
    expect(questions.map(({ text }) => text)).toEqual(['One day', 'Two', 'Three']);
    expect([page.done, page.total, page.left]).toEqual([2, 3, [{ reason: 'changing', count: 1 }]]);
    page.restore();
  });

  it('does not call translated what the page takes away', async () => {
    const { page, body, questions } = setUp('<p>One</p>');
    await questions[0]!.answer('Eins');
    for (let time = 0; time < 3; time++) {
      body.querySelector('linnet-translation')?.remove();
      page.rescan();
    }
    expect([page.done, page.total, page.left]).toEqual([0, 1, [{ reason: 'removed', count: 1 }]]);
    page.setView('translation');
    expect([body.textContent, page.done, page.left]).toEqual(['Eins', 1, []]);
    page.restore();
  });

  it('translates lines one by one and keeps them lines', async () => {
    const { page, body, questions, untouched } = setUp('<pre>\nOne fine day\n\n&gt; Two days\n</pre>', {
      view: 'translation',
    });
    await questions[0]!.answer('Ein Tag');
    await questions[1]!.answer('Zwei\nTage');
    expect(questions.map(({ text }) => text)).toEqual(['One fine day', 'Two days']);
    expect(body.textContent).toBe(
      '\nEin Tag\n\n> Zwei Tage\n'.slice(body.textContent!.startsWith('\n') ? 0 : 1),
    );
    page.restore();
    untouched();
  });

  it('translates labels after paragraphs, and options keep what they send', async () => {
    const { page, body, questions, untouched } = setUp(
      '<p>One</p><input placeholder="Your name"><select><option>Red chair</option></select><button>Send it</button>',
    );
    for (let at = 0; at < 4; at++) {
      await questions[at]!.answer();
      await soon();
    }
    expect(questions.map(({ text }) => text)).toEqual(['One', 'Send it', 'Your name', 'Red chair']);
    const option = body.querySelector('option')!;
    expect([option.textContent, option.getAttribute('value')]).toEqual(['[Red chair]', 'Red chair']);
    expect(body.querySelector('input')!.getAttribute('placeholder')).toBe('[Your name]');
    expect(body.querySelector('button')!.textContent).toBe('[Send it]');
    expect(page.total).toBe(2);
    page.restore();
    untouched();
  });
});

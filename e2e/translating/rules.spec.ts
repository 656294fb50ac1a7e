/** Rules that a person sets once: where a page is translated by itself, where nothing is offered, and where each is found. */
import { article, expect, type Page, picture, test } from '../harness/index.ts';
import { ask, Bubble, callLinnet, demoModel, select } from '../story.ts';

const english = ['Iris works as a musician.', 'Iris met Max, a doctor.'];
const day = () => article('A day in Ashdale', english);
const shownText = (page: Page) => page.locator('main, body').first().innerText();

test.describe('where Linnet may run on every page', () => {
  test.use({ onEveryPage: true });

  test('a rule of the bar translates the next page in that language without a press, and is undone', {
    tag: '@phone-rare',
  }, async ({ linnet, site }) => {
    const models = await demoModel(linnet);
    const address = site.page('/day', day());
    const page = await linnet.open(address);
    await callLinnet(linnet, page);
    const popup = await linnet.openPopup(page);
    await popup.getByRole('button', { name: 'Translate this page' }).click();
    const bar = new Bubble(page, 'bar');
    await expect.poll(() => bar.text('said')).toBe('3 of 3');
    await bar.press('Rules for such pages');
    await bar.press('Always translate pages in English');
    await expect
      .poll(async () => (await ask(models, 'settings', {})).languageRules)
      .toEqual({ en: 'always' });
    await picture(page, 'rules-bar', { dark: true, rtl: true });

    // On the bubble for every page: it is how Linnet runs on one that nobody called it on.
    const settings = await linnet.open('options.html');
    await settings.getByLabel('Offer to translate selections on every page').click();
    const next = await linnet.open(site.page('/next', day()));
    const nextBar = new Bubble(next, 'bar');
    await expect.poll(() => nextBar.text('ran')).toContain('you always translate English');
    await expect.poll(() => nextBar.text('said')).toBe('3 of 3');
    expect(await shownText(next)).toContain('Iris arbeitet als Musikerin.');
    await picture(next, 'rules-ran', { dark: true, rtl: true });
    await nextBar.press('End this rule');
    await expect.poll(async () => (await ask(models, 'settings', {})).languageRules).toBeUndefined();
    await nextBar.press('Undo');
    await expect
      .poll(async () => (await ask(models, 'settings', {})).languageRules)
      .toEqual({ en: 'always' });
    await nextBar.press('Show the original page');
    await expect.poll(() => nextBar.frame()).toBeUndefined();

    // Found in Settings, removed, and brought back.
    await expect(settings.getByText('always translated')).toBeVisible();
    await picture(settings, 'rules-settings', { dark: true, rtl: true });
    await settings.getByRole('button', { name: 'Remove the rule for English' }).click();
    await expect(settings.getByText('No rules yet.')).toBeVisible();
    const third = await linnet.open(site.page('/third', day()));
    await third.waitForTimeout(1500);
    expect(new Bubble(third, 'bar').frame()).toBeUndefined();
  });

  test('never: no offer on the site, nor in a language that the person reads', { tag: '@rare' }, async ({
    linnet,
    site,
  }) => {
    const models = await demoModel(linnet);
    const settings = await linnet.open('options.html');
    await settings.getByLabel('Offer to translate selections on every page').click();
    await settings.getByLabel('Add a language').selectOption('en');
    await expect(settings.getByRole('button', { name: 'Remove English' })).toBeVisible();
    const address = site.page('/day', day());
    const page = await linnet.open(address);
    await select(page, 'p');
    await page.waitForTimeout(1200);
    expect(await new Bubble(page).text('offer')).toBeUndefined();
    // What the person asks for is done.
    const popup = await linnet.openPopup(page);
    await popup.getByRole('button', { name: 'Translate the selection' }).click();
    await new Bubble(page).translated();

    await ask(models, 'set-rule', { about: { kind: 'language', language: 'en' } });
    await ask(models, 'set-rule', { about: { kind: 'site', url: address }, rule: 'never' });
    const other = await linnet.open(site.page('/other', day()));
    await select(other, 'p');
    await other.waitForTimeout(1200);
    expect(await new Bubble(other).text('offer')).toBeUndefined();
    await ask(models, 'set-rule', { about: { kind: 'site', url: address } });
    const open = await linnet.open(site.page('/open', day()));
    await select(open, 'p');
    await expect.poll(() => new Bubble(open).text('offer')).toBe('Translate');
  });

  test('a rule for one site runs on that site alone; the popup sets it', { tag: '@rare' }, async ({
    linnet,
    site,
  }) => {
    const models = await demoModel(linnet);
    const address = site.page('/day', day());
    const page = await linnet.open(address);
    const popup = await linnet.openPopup(page);
    await popup.getByText('Rules for such pages').click();
    await popup.getByRole('button', { name: /^Always translate (?!pages)/ }).click();
    await expect
      .poll(async () => Object.values((await ask(models, 'settings', {})).siteRules ?? {}))
      .toEqual(['always']);
    await picture(popup, 'rules-popup', { dark: true, rtl: true });
    await popup.close();
    const next = await linnet.open(site.page('/next', day()));
    const bar = new Bubble(next, 'bar');
    await expect.poll(() => bar.text('ran')).toContain('Translated because you always translate');
    await expect.poll(() => bar.text('said')).toBe('3 of 3');
    expect(linnet.pageErrors).toEqual([]);
  });
});

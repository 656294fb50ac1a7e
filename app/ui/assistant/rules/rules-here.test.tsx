import { expect, test, vi } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { settings } from '../../../testing/builders.ts';
import { t } from '../../../i18n/index.ts';
import type { RuleSettings } from '../../../protocol/page/page-rules.ts';
import { RulesHere } from './rules-here.tsx';

async function show(rules: RuleSettings = {}, inPrivate = false, agrees = true) {
  const onRule = vi.fn();
  const access = vi.fn(async () => agrees);
  const page = { url: 'https://www.example.org/a', lang: 'nl', text: 'Een kleine vink.' };
  const around = { inPrivate, rules: { detector: undefined, access }, openSettings: vi.fn() };
  const screen = render(<RulesHere page={page} settings={settings(rules)} around={around} onRule={onRule} />);
  await settled(() => {});
  document.querySelector('details')!.setAttribute('open', '');
  return { screen, onRule, access };
}

test('rules for the page’s language and site are set with one press, and taken back with one', async () => {
  const { screen, onRule, access } = await show({ siteRules: { 'example.org': 'never' } });
  await screen.click(screen.get('button', t('rule-always-language', { language: 'Dutch' })));
  expect(onRule).toHaveBeenLastCalledWith({ kind: 'language', language: 'nl' }, 'always');
  const never = screen.get('button', t('rule-never-site', { site: 'example.org' }));
  expect(never.getAttribute('aria-pressed')).toBe('true');
  await screen.click(never);
  expect(onRule).toHaveBeenLastCalledWith({ kind: 'site', url: 'https://www.example.org/a' }, undefined);
  expect(access).not.toHaveBeenCalled();
});

test('always on a site asks the browser for that site; a refusal is said', async () => {
  const { screen, onRule, access } = await show({ siteRules: {} }, false, false);
  await screen.click(screen.get('button', t('rule-always-site', { site: 'example.org' })));
  expect(onRule).toHaveBeenCalled();
  expect(access).toHaveBeenCalledWith('example.org');
});

test('a private window has no rules for its site', async () => {
  const { screen } = await show({}, true);
  expect(screen.all('button', t('rule-always-site', { site: 'example.org' }))).toEqual([]);
  screen.get('button', t('rule-always-language', { language: 'Dutch' }));
});

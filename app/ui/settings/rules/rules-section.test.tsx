import { expect, test, vi } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { ownName, t } from '../../../i18n/index.ts';
import { HoverSection } from './hover-section.tsx';
import { RulesSection } from './rules-section.tsx';

const access = { has: async () => true, request: async () => true };

test('each rule can be removed, and brought back', async () => {
  const onRule = vi.fn();
  const settings = { siteRules: { 'example.org': 'never' }, languageRules: { nl: 'always' } } as const;
  const screen = render(<RulesSection settings={settings} access={access} onRule={onRule} />);
  expect(screen.all('listitem')).toHaveLength(2);
  await screen.click(screen.get('button', t('rule-remove', { name: 'example.org' })));
  const about = { kind: 'site', url: 'https://example.org/' };
  expect(onRule).toHaveBeenLastCalledWith(about, undefined);
  await screen.click(screen.get('button', t('undo')));
  expect(onRule).toHaveBeenLastCalledWith(about, 'never');
  await screen.click(screen.get('button', t('rule-remove', { name: 'Dutch' })));
  expect(onRule).toHaveBeenLastCalledWith({ kind: 'language', language: 'nl' }, undefined);
});

test('languages that are read are added and removed', async () => {
  const onRule = vi.fn();
  const screen = render(
    <RulesSection settings={{ languageRules: { fr: 'never' } }} access={access} onRule={onRule} />,
  );
  screen.getText(t('rules-none'));
  const add = screen.get('combobox', t('reads-add')) as HTMLSelectElement;
  expect([...add.options].map(({ value }) => value)).not.toContain('fr');
  await screen.choose(add, ownName('de'));
  expect(onRule).toHaveBeenLastCalledWith({ kind: 'language', language: 'de' }, 'never');
  await screen.click(screen.get('button', t('reads-remove', { language: 'French' })));
  expect(onRule).toHaveBeenLastCalledWith({ kind: 'language', language: 'fr' }, undefined);
});

test('a site that is always translated, and that the browser has not allowed, has a button that asks for it', async () => {
  const request = vi.fn(async () => true);
  const refused = { has: async () => false, request };
  const screen = render(
    <RulesSection settings={{ siteRules: { 'example.org': 'always' } }} access={refused} onRule={() => {}} />,
  );
  await settled(() => {});
  await screen.click(screen.get('button', t('rule-allow')));
  expect(request).toHaveBeenCalledWith('example.org');
  await settled(() => {});
  expect(screen.all('button', t('rule-allow'))).toEqual([]);
});

test('the key for pointing is off at first', async () => {
  const onChoose = vi.fn();
  const screen = render(<HoverSection chosen={undefined} onChoose={onChoose} />);
  const list = screen.get('combobox') as HTMLSelectElement;
  expect(list.value).toBe('');
  await screen.choose(list, t('hover-ctrl'));
  expect(onChoose).toHaveBeenLastCalledWith('ctrl');
});

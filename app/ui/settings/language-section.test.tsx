import { expect, test } from 'vitest';
import { render } from '../../testing/render.ts';
import { modelOffer, models } from '../../testing/builders.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { ownName, t } from '../../i18n/index.ts';
import { LanguageSection } from './language-section.tsx';

test('the target language is chosen, the nearest one shown for a regional tag', async () => {
  const { client, controller } = settingsPage({ settings: { language: 'de-AT' } });
  const screen = render(
    <LanguageSection controller={controller}>
      <p>More</p>
    </LanguageSection>,
  );
  const list = screen.get('combobox', new RegExp(t('language-label'))) as HTMLSelectElement;
  expect(list.value).toBe('de');
  await screen.choose(list, ownName('fr'));
  expect(client.sent('set-settings')).toEqual([{ settings: { language: 'fr' } }]);
  expect(screen.get('link', t('glossary-title')).getAttribute('href')).toBe('glossary.html');
  expect(screen.queryText('More')).toBeDefined();
});

test('languages that the model does not write are marked', () => {
  const { client, controller } = settingsPage();
  const offers = { tiny: modelOffer({ languages: [{ tag: 'fr', writes: false }] }) };
  client.emit({ kind: 'models', models: models({ chosen: 'tiny', offers }) });
  const screen = render(<LanguageSection controller={controller} />);
  expect(screen.names('option')).toContain(t('language-unwritten', { language: ownName('fr') }));
});

test('nothing is shown before the settings are known', () => {
  const { controller } = settingsPage();
  controller.worker.settings.value = undefined;
  expect(render(<LanguageSection controller={controller} />).text()).toBe('');
});

import { describe, expect, it } from 'vitest';
import { glossaryEntry, settings } from '../../testing/builders.ts';
import { RecordingClient } from '../../testing/recording-client.ts';
import { t } from '../../i18n/index.ts';
import { GlossaryController } from './glossary-controller.ts';

const gate = glossaryEntry({ term: 'gate', translation: 'Tor' });

function setUp() {
  const client = new RecordingClient();
  return { client, controller: new GlossaryController(client) };
}

describe('GlossaryController', () => {
  it('follows the entries and the language of the settings', () => {
    const { client, controller } = setUp();
    expect([client.topics, controller.entries.value]).toEqual([
      ['glossary', 'settings', 'notices'],
      undefined,
    ]);
    client.emit({ kind: 'glossary', entries: [gate] });
    client.emit({ kind: 'settings', settings: settings({ language: 'fr' }) });
    expect([controller.entries.value, controller.language.value]).toEqual([[gate], 'fr']);
  });

  it('replaces an entry by adding the new one first', async () => {
    const { client, controller } = setUp();
    const renamed = { ...gate, term: 'portal' };
    await controller.put(renamed, gate);
    expect(client.requests).toEqual([
      ['put-terms', { entries: [renamed] }],
      ['remove-terms', { entries: [gate] }],
    ]);
  });

  it('removes nothing if only the translation changed, or if the new entry was refused', async () => {
    const { client, controller } = setUp();
    await controller.put({ ...gate, translation: 'Pforte' }, gate);
    client.refuse('put-terms', 'store-full');
    await controller.put({ ...gate, term: 'portal' }, gate);
    expect(client.sent('remove-terms')).toEqual([]);
    expect(controller.failure.value?.code).toBe('store-full');
  });

  it('undoes a removal once', async () => {
    const { client, controller } = setUp();
    await controller.remove(gate);
    expect([controller.messages.value, controller.removed.value]).toEqual([
      [t('glossary-removed', { term: 'gate' })],
      gate,
    ]);
    await controller.undoRemove();
    await controller.undoRemove();
    expect(client.sent('put-terms')).toEqual([{ entries: [gate] }]);
    expect([controller.messages.value, controller.removed.value]).toEqual([[], undefined]);
  });

  it('reports no removal that was refused', async () => {
    const { client, controller } = setUp();
    client.refuse('remove-terms', 'engine-unreachable');
    await controller.remove(gate);
    expect([controller.messages.value, controller.removed.value]).toEqual([[], undefined]);
  });

  it('imports a file and reports the lines it skipped', async () => {
    const { client, controller } = setUp();
    await controller.importFile(new Blob(['en,de,gate,Tor\nen,de,,x\n']));
    expect(client.sent('put-terms')).toEqual([{ entries: [gate] }]);
    expect(controller.messages.value).toEqual([
      t('glossary-imported', { n: 1 }),
      t('glossary-csv-bad', { n: 2, line: 'en,de,,x' }),
    ]);
  });

  it('requests nothing for a file without entries, and reports no import that was refused', async () => {
    const { client, controller } = setUp();
    await controller.importFile(new Blob(['']));
    expect([client.requests, controller.messages.value]).toEqual([[], [t('glossary-imported', { n: 0 })]]);
    client.refuse('put-terms', 'store-full');
    controller.messages.value = [];
    await controller.importFile(new Blob(['en,de,gate,Tor']));
    expect(controller.messages.value).toEqual([]);
  });

  it('exports all entries, none before they are known', () => {
    const { client, controller } = setUp();
    expect(controller.csv()).toBe('from,to,term,translation\r\n');
    client.emit({ kind: 'glossary', entries: [gate] });
    expect(controller.csv()).toContain('en,de,gate,Tor');
  });
});

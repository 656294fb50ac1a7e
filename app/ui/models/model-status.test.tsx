import { expect, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { models, storedModel, wireError } from '../../testing/builders.ts';
import { adapter } from '../../testing/model-builders.ts';
import { t } from '../../i18n/index.ts';
import type { ActiveModel } from '../../protocol/types.ts';
import { ModelLoading, ModelNote, ModelPill, modelLabel, modelProgress } from './model-status.tsx';

const model = storedModel({ name: 'Finch' });
const importing = (done: number, total: number, name?: string): ActiveModel => ({
  kind: 'importing',
  name,
  progress: { phase: 'reading', done, total },
});
const loading = (phase: 'reading' | 'compiling'): ActiveModel => ({
  kind: 'loading',
  model,
  progress: { phase, done: 1e6, total: 4e6 },
});
const failed: ActiveModel = { kind: 'failed', error: wireError({ code: 'gpu-lost' }) };
const ready: ActiveModel = { kind: 'ready', model, adapter: adapter() };

test('the label names the model or what happens to it', () => {
  const label = (active: ActiveModel, up?: boolean) => modelLabel(models({ active }), up);
  expect(modelLabel(undefined, undefined)).toBe(t('model-connecting'));
  expect(label(ready, false)).toBe(t('model-connecting'));
  expect(label({ kind: 'none' })).toBe(t('model-none'));
  expect(label(importing(1, 2, 'Finch'))).toBe(t('model-importing', { name: 'Finch' }));
  expect(label(importing(1, 2))).toBe(t('model-importing', { name: t('model-demo-name') }));
  expect(label(loading('reading'))).toBe(t('model-loading', { name: 'Finch' }));
  expect(label(failed)).toBe(t('model-failed'));
  expect(label(ready, true)).toBe('Finch');
});

test('the progress is known only while a model with a known size comes', () => {
  expect(modelProgress(importing(1, 4))).toBe(0.25);
  expect(modelProgress(importing(0, 0))).toBeUndefined();
  expect(modelProgress(ready)).toBeUndefined();
  expect(modelProgress(undefined)).toBeUndefined();
});

test('the pill opens the Models page', async () => {
  const onClick = vi.fn();
  const screen = render(<ModelPill models={models({ active: ready })} up={true} onClick={onClick} />);
  await screen.click(screen.get('button', `Finch, ${t('models')}`));
  expect(onClick).toHaveBeenCalledTimes(1);
  screen.rerender(<ModelPill models={models({ active: ready })} up={false} onClick={onClick} />);
  expect(screen.get('button').className).toBe('pill off');
});

test('a note says what to do without a model and after a failure, and nothing otherwise', async () => {
  const onModels = vi.fn();
  const note = (active: ActiveModel) => <ModelNote models={models({ active })} onModels={onModels} />;
  const screen = render(note({ kind: 'none' }));
  await screen.click(screen.get('button', t('model-choose')));
  screen.rerender(note(failed));
  expect(screen.get('alert').textContent).toContain(t('error-gpu-lost'));
  await screen.click(screen.get('button', t('models')));
  expect(onModels).toHaveBeenCalledTimes(2);
  screen.rerender(note(ready));
  expect(screen.text()).toBe('');
  screen.rerender(<ModelNote models={undefined} onModels={onModels} />);
  expect(screen.text()).toBe('');
});

test('loading shows bytes and a bar; compiling has no bytes', () => {
  const screen = render(<ModelLoading models={models({ active: loading('reading') })} />);
  expect(screen.text()).toContain(t('import-progress', { done: '1 MB', total: '4 MB' }));
  const bar = screen.get('progressbar', t('model-loading', { name: 'Finch' }));
  expect(bar.getAttribute('value')).toBe('0.25');
  screen.rerender(<ModelLoading models={models({ active: loading('compiling') })} />);
  expect(screen.text()).toBe(t('phase-compiling'));
  screen.rerender(<ModelLoading models={models({ active: ready })} />);
  expect(screen.query('progressbar')).toBeUndefined();
});

test('while a server answers, the pill has its model', () => {
  const server = { address: 'http://192.168.1.5:11434/v1/', model: 'big', used: true };
  const screen = render(<ModelPill models={models()} server={server} up={true} onClick={() => {}} />);
  expect(screen.get('button').textContent).toContain('big');
  expect(screen.get('button').className).toContain('server');
});

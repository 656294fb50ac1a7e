import { expect, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { wireError } from '../../testing/builders.ts';
import { requestModelsPage } from '../../browser/open-models.ts';
import { t } from '../../i18n/index.ts';
import { modelsButton } from './models-button.tsx';

vi.mock('../../browser/open-models.ts', () => ({ requestModelsPage: vi.fn(async () => {}) }));

test('errors that are solved on the Models page lead there, others do not', async () => {
  const screen = render(<p>{modelsButton(wireError({ code: 'no-model' }))}</p>);
  await screen.click(screen.get('button', t('models')));
  expect(requestModelsPage).toHaveBeenCalledTimes(1);
  expect(modelsButton(wireError({ code: 'gpu-lost' }))).toBeUndefined();
});

import { expect, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { wireError } from '../../testing/builders.ts';
import { t } from '../../i18n/index.ts';
import { modelsButton } from './models-button.tsx';

test('errors that are solved on the Models page lead there, others do not', async () => {
  const onOpen = vi.fn();
  const screen = render(<p>{modelsButton(wireError({ code: 'no-model' }), onOpen)}</p>);
  await screen.click(screen.get('button', t('models')));
  expect(onOpen).toHaveBeenCalledTimes(1);
  expect(modelsButton(wireError({ code: 'gpu-lost' }), onOpen)).toBeUndefined();
});

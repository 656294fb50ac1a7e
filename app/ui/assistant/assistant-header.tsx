/** The header of the assistant: the model in use, the list of conversations, and where else Linnet can be opened. */
import { t } from '../../i18n/index.ts';
import { IconButton } from '../kit/icon-button.tsx';
import { Bird } from '../kit/icons.tsx';
import { Menu, type MenuItem } from '../kit/menu.tsx';
import { ModelPill } from '../models/model-status.tsx';
import { serverOf } from '../state/offers.ts';
import type { AssistantController } from './assistant-controller.ts';

interface AssistantHeaderProps {
  readonly controller: AssistantController;
  /** Whether the list of conversations is shown beside the assistant, so that it needs no button. */
  readonly listBeside: boolean;
}

export function AssistantHeader({ controller, listBeside }: AssistantHeaderProps) {
  const { worker, browser, listOpen } = controller;
  const { inPrivate, openInPanel, openInTab, openModels, openSettings } = browser;
  const items: readonly (MenuItem | undefined)[] = [
    openInPanel && { label: t('side-panel'), icon: 'panel', onChoose: openInPanel },
    openInTab && { label: t('open-in-tab'), icon: 'tab', onChoose: openInTab },
    { label: t('models'), icon: 'folder', onChoose: openModels },
    { label: t('settings'), icon: 'gear', onChoose: openSettings },
  ];
  return (
    <header>
      <Bird />
      <h1>{t('popup-title')}</h1>
      <ModelPill
        models={worker.models.value}
        server={serverOf(worker.settings.value, inPrivate)}
        up={worker.up.value}
        onClick={openModels}
      />
      {!listBeside && (
        <IconButton
          icon="list"
          label={t('conversations')}
          pressed={listOpen.value}
          onClick={() => {
            listOpen.value = !listOpen.value;
          }}
        />
      )}
      <Menu label={t('more-actions')} items={items.filter((item) => item !== undefined)} />
    </header>
  );
}

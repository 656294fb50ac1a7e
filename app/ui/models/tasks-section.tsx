/** Chooses a model for each task; shown if at least two models that write text are stored. */
import { t } from '../../i18n/index.ts';
import { writesText } from '../../protocol/model-traits.ts';
import type { Task } from '../../protocol/types.ts';
import type { ModelsController } from './models-controller.ts';

const TASKS: readonly Task[] = ['summary', 'translation', 'chat'];

export function TasksSection({ controller }: { controller: ModelsController }) {
  const settings = controller.worker.settings.value;
  const stored = (controller.worker.models.value?.stored ?? []).filter(writesText);
  if (settings === undefined || stored.length < 2) return null;
  const choose = (task: Task, id: string) => {
    const { [task]: _, ...others } = settings.models ?? {};
    void controller.change({ models: id === '' ? others : { ...others, [task]: id } });
  };
  return (
    <section class="stack">
      <h2>{t('tasks-title')}</h2>
      <p class="soft small">{t('tasks-hint')}</p>
      <div class="row">
        {TASKS.map((task) => (
          <label key={task} class="label narrow">
            {t(`tasks-${task}`)}
            <select
              class="field"
              value={stored.find(({ id }) => id === settings.models?.[task])?.id ?? ''}
              onChange={({ currentTarget }) => choose(task, currentTarget.value)}
            >
              <option value="">{t('tasks-same')}</option>
              {stored.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    </section>
  );
}

/** Which model for which task, where there is a choice. */
import { t } from '../../i18n/index.ts';
import type { Task } from '../../protocol/types.ts';
import type { ModelsController } from './models-controller.ts';

const TASKS: readonly Task[] = ['summary', 'translation', 'chat'];

export function TasksSection({ state }: { state: ModelsController }) {
  const settings = state.worker.settings.value;
  const stored = state.worker.models.value?.stored ?? [];
  if (settings === undefined || stored.length < 2) return null;
  const choose = (task: Task, id: string) => {
    const { [task]: _, ...others } = settings.models ?? {};
    void state.change({ models: id === '' ? others : { ...others, [task]: id } });
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

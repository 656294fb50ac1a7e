/** Radio buttons, each with an explanation. */
import { t } from '../../i18n/index.ts';

interface SettingsChoicesProps<T> {
  /** Selects the title and hint; also the name of the radio buttons. */
  readonly name: 'pace' | 'cache' | 'ahead' | 'keep';
  readonly values: readonly T[];
  readonly chosen: T;
  /** The label of a value and its explanation. */
  text(value: T): readonly [name: string, hint: string];
  onChoose(value: T): void;
}

export function Choices<T extends string>({ name, values, chosen, text, onChoose }: SettingsChoicesProps<T>) {
  return (
    <fieldset class="stack plain">
      <legend>
        <h2>{t(`${name}-title`)}</h2>
      </legend>
      <p class="soft small">{t(`${name}-hint`)}</p>
      {values.map((value) => {
        const [label, hint] = text(value);
        return (
          <label key={value} class={`choice${value === chosen ? ' on' : ''}`}>
            <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
            <span>
              <strong>{label}</strong>
              <span class="soft small">{hint}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

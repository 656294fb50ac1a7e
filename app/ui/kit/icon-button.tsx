/** A button that shows an icon only; its label is its accessible name and its tooltip. */
import { Icon, type IconName } from './icons.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** For a button that is on or off; undefined for one that is neither. */
  readonly pressed?: boolean | undefined;
  readonly disabled?: boolean;
  readonly little?: boolean;
  onClick(): void;
}

export function IconButton({ icon, label, pressed, disabled, little = false, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`button quiet icon${little ? ' little' : ''}`}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/**
 * The person's settings. While the stored ones cannot be read, changes last for this session and nothing is written, so
 * that stored settings are not replaced by those of a first start.
 */
import type { Settings } from '../../protocol/types.ts';
import { withoutUndefined } from '../../text/without-undefined.ts';
import type { Store } from '../store/store.ts';

export class SettingsService {
  private readonly store: Pick<Store, 'defaults' | 'settings' | 'saveSettings'>;
  private current: Settings;
  private read = false;
  /** Since they were read, or could not be. */
  private changes: Partial<Settings> = {};

  constructor(store: Pick<Store, 'defaults' | 'settings' | 'saveSettings'>) {
    this.store = store;
    this.current = store.defaults;
  }

  get value(): Settings {
    return this.current;
  }

  /** Whether the stored ones were read. */
  get known(): boolean {
    return this.read;
  }

  /** Rejects if they cannot be read. */
  async load(): Promise<void> {
    const stored = await this.store.settings();
    this.current = withoutUndefined({ ...stored, ...this.changes });
    this.read = true;
  }

  /**
   * A setting that is undefined in `patch` is removed. `apply` is called before the change is saved; a change that cannot be
   * saved is taken back, since it is refused.
   */
  async change(patch: Partial<Settings>, apply: (settings: Settings) => void): Promise<Settings> {
    if (!this.read) await this.load().catch(() => {});
    const before = this.current;
    const changed = withoutUndefined({ ...before, ...patch });
    this.current = changed;
    apply(changed);
    if (!this.read) this.changes = { ...this.changes, ...patch };
    else
      await this.store
        .saveSettings(changed)
        .catch((error: unknown) => this.takeBack(changed, before, apply, error));
    return changed;
  }

  private takeBack(
    changed: Settings,
    before: Settings,
    apply: (settings: Settings) => void,
    error: unknown,
  ): never {
    // A later change has been made on this one, and is saved with it.
    if (this.current === changed) {
      this.current = before;
      apply(before);
    }
    throw error;
  }

  /** The stored ones were erased. */
  async reset(): Promise<void> {
    this.changes = {};
    this.current = this.store.defaults;
    this.read = false;
    await this.load();
  }
}

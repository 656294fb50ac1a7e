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

  /** A setting that is undefined in `patch` is removed. `apply` is called before the change is saved. */
  async change(patch: Partial<Settings>, apply: (settings: Settings) => void): Promise<Settings> {
    if (!this.read) await this.load().catch(() => {});
    this.current = withoutUndefined({ ...this.current, ...patch });
    apply(this.current);
    if (this.read) await this.store.saveSettings(this.current);
    else this.changes = { ...this.changes, ...patch };
    return this.current;
  }

  /** The stored ones were erased. */
  async reset(): Promise<void> {
    this.changes = {};
    this.current = this.store.defaults;
    this.read = false;
    await this.load();
  }
}

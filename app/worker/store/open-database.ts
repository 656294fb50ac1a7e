/**
 * Opens a database and sees to it that it is whole. One that lacks an object store or an index, after a fault of the
 * browser or of its disk, gets what it lacks; what is in it stays.
 */
import { type DBSchema, deleteDB, type IDBPDatabase, type OpenDBCallbacks, openDB } from 'idb';
import { isWhole, type LinnetSchema, upgrade, VERSION } from './schema.ts';

export type Database = IDBPDatabase<LinnetSchema>;

export interface DatabaseLayout<S extends DBSchema> {
  readonly version: number;
  readonly upgrade: NonNullable<OpenDBCallbacks<S>['upgrade']>;
  isWhole(db: IDBPDatabase<S>): boolean;
}

export const openDatabase = (name: string): Promise<Database> =>
  openWhole<LinnetSchema>(name, {
    version: VERSION,
    upgrade: (fresh, from, _, transaction) => upgrade(fresh, from, transaction),
    isWhole,
  });

/** Rejects with what the browser throws where it cannot open the database. `upgrade` creates what is missing. */
export async function openWhole<S extends DBSchema>(
  name: string,
  layout: DatabaseLayout<S>,
): Promise<IDBPDatabase<S>> {
  const open = (version: number | undefined) =>
    openDB<S>(name, version, {
      upgrade: layout.upgrade,
      // A worker of a newer version must not wait for one of an older version that is ending.
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
  const db = await open(layout.version).catch((error: unknown) => {
    // It was repaired before, which gave it a higher version, or belongs to a newer version of Linnet.
    if (error instanceof Error && error.name === 'VersionError') return open(undefined);
    throw error;
  });
  if (layout.isWhole(db)) return db;
  const { version } = db;
  db.close();
  return open(version + 1);
}

/** Deletes the whole database, whatever state it is in. */
export const deleteDatabase = (name: string): Promise<void> => deleteDB(name);

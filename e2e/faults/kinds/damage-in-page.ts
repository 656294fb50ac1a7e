/** Damage to what is stored, as functions that run in a page of the extension: they refer to nothing outside themselves. */

export type DamageKind = 'flipped' | 'cut' | 'deleted';

/**
 * Writes copies of one conversation with its job and page, each with one field of one record flipped (another type), cut
 * (half of it) or deleted. Resolves to the ids of the copies' conversations.
 */
export async function damageRecords(template: { conversation: string; job: string }): Promise<string[]> {
  type Row = Record<string, unknown>;
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opened = indexedDB.open('linnet');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => resolve(opened.result);
  });
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const names = ['conversations', 'jobs', 'materials'];
  const read = db.transaction(names);
  const conversation = (await done(read.objectStore('conversations').get(template.conversation))) as Row;
  const job = (await done(read.objectStore('jobs').get(template.job))) as Row;
  const material = (await done(read.objectStore('materials').get(template.conversation))) as Row | undefined;
  const changes: readonly ((value: unknown) => unknown)[] = [
    (value) => (typeof value === 'number' ? 'no number' : 7),
    () => null,
    (value) =>
      typeof value === 'string'
        ? value.slice(0, value.length / 2)
        : Array.isArray(value)
          ? value.slice(0, value.length / 2)
          : typeof value === 'object' && value !== null
            ? {}
            : undefined,
    () => undefined,
  ];
  const keys = new Set(['id']);
  const copies: string[] = [];
  const write = db.transaction(names, 'readwrite');
  const put = (which: string, field: string, change: (value: unknown) => unknown) => {
    const id = `damaged-${copies.length}`;
    const rows: Record<string, Row> = {
      conversations: { ...conversation, id, jobs: [`${id}-job`] },
      jobs: { ...job, id: `${id}-job`, conversation: id },
      materials: { ...material },
    };
    const row = rows[which]!;
    const changed = change(row[field]);
    if (changed === undefined) delete row[field];
    else row[field] = changed;
    write.objectStore('conversations').put(rows.conversations);
    write.objectStore('jobs').put(rows.jobs);
    if (material !== undefined) write.objectStore('materials').put(rows.materials, id);
    copies.push(id);
  };
  for (const [which, row] of Object.entries({
    conversations: conversation,
    jobs: job,
    materials: material ?? {},
  }))
    for (const field of Object.keys(row)) {
      if (!keys.has(field)) for (const change of changes) put(which, field, change);
    }
  // Records that are gone as a whole.
  put('conversations', 'none', () => undefined);
  write.objectStore('jobs').delete(`${copies.at(-1)}-job`);
  await new Promise((resolve, reject) => {
    write.oncomplete = resolve;
    write.onerror = () => reject(write.error);
  });
  db.close();
  return copies;
}

/** Changes one field of the stored settings; resolves to whether there is a field of this number. */
export async function damageSettings(number: number): Promise<boolean> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opened = indexedDB.open('linnet');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => resolve(opened.result);
  });
  const store = db.transaction('settings', 'readwrite').objectStore('settings');
  const found = await new Promise<boolean>((resolve) => {
    const get = store.get('settings');
    get.onsuccess = () => {
      const settings = (get.result ?? {}) as Record<string, unknown>;
      const field = Object.keys(settings)[number];
      if (field === undefined) return resolve(false);
      const put = store.put({ ...settings, [field]: { nothing: [null] } }, 'settings');
      put.onsuccess = () => resolve(true);
    };
  });
  db.close();
  return found;
}

/** Damages the n-th file of the extension's own file system; resolves to its path, or undefined if there are fewer. */
export async function damageFile(plan: { n: number; kind: DamageKind }): Promise<string | undefined> {
  type Folder = FileSystemDirectoryHandle & { entries(): AsyncIterable<[string, FileSystemHandle]> };
  const files: { path: string; folder: Folder; name: string }[] = [];
  const walk = async (folder: Folder, path: string) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === 'directory') await walk(handle as Folder, `${path}${name}/`);
      else files.push({ path: path + name, folder, name });
    }
  };
  await walk((await navigator.storage.getDirectory()) as Folder, '');
  const file = files.sort((a, b) => (a.path < b.path ? -1 : 1))[plan.n];
  if (file === undefined) return undefined;
  if (plan.kind === 'deleted') {
    await file.folder.removeEntry(file.name);
    return file.path;
  }
  const handle = await file.folder.getFileHandle(file.name);
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const at = Math.floor(bytes.length / 2);
  const changed = plan.kind === 'cut' ? bytes.slice(0, at) : bytes;
  if (plan.kind === 'flipped' && changed.length > 0) changed[at] = (changed[at] ?? 0) ^ 0x11;
  const stream = await handle.createWritable();
  await stream.write(changed);
  await stream.close();
  return file.path;
}

/**
 * What the extension has stored, between two stories: it is erased, and models that nearly every story needs are copied
 * back instead of being imported again, which costs a story two seconds. Each function runs in a document of the extension
 * that starts none of its code; `kept-models` is a folder that the extension does not know.
 */

/**
 * Runs in a document of the extension: erases all that it has stored, but which kernel variants this GPU gets right
 * (`engine/session/adapters/stored-variants.ts`), which is a fact of the machine, and the models kept for later stories.
 * Finding the ones and importing the others costs each story seconds.
 */
export async function eraseExtension(): Promise<void> {
  type Area = { clear(): Promise<void> };
  const api = (
    globalThis as {
      chrome?: { storage?: Record<string, Area>; offscreen?: { closeDocument(): Promise<void> } };
    }
  ).chrome!;
  // The offscreen document holds the engine and the open files. A missing one is no error.
  await api.offscreen?.closeDocument().catch(() => undefined);
  for (const area of ['local', 'session', 'sync']) await api.storage?.[area]?.clear();
  for (const { name } of await indexedDB.databases()) {
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name!);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  }
  for (const name of await caches.keys()) await caches.delete(name);
  localStorage.clear();
  type Folder = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  const erase = async (folder: Folder, kept: readonly string[]) => {
    const names: string[] = [];
    for await (const name of folder.keys()) if (!kept.includes(name)) names.push(name);
    for (const name of names) {
      // The terminated worker may keep a file open for a moment.
      for (let attempt = 0; ; attempt++) {
        try {
          await folder.removeEntry(name, { recursive: true });
          break;
        } catch (error) {
          if (attempt === 100) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
  };
  const top = (await navigator.storage.getDirectory()) as Folder;
  await erase(top, ['linnet', 'kept-models']);
  await erase((await top.getDirectoryHandle('linnet', { create: true })) as Folder, ['adapters']);
}

/** Keeps a copy of the complete model `id` under its id, unless there is one. */
export async function keepModel(id: string): Promise<void> {
  type Folder = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
  const top = await navigator.storage.getDirectory();
  const kept = await top.getDirectoryHandle('kept-models', { create: true });
  const isKept = await kept.getDirectoryHandle(id).then(
    () => true,
    () => false,
  );
  if (isKept) return;
  const linnet = await top.getDirectoryHandle('linnet');
  const models = (await linnet.getDirectoryHandle('models')) as Folder;
  for await (const folder of models.values()) {
    const files = new Map<string, File>();
    for await (const file of (folder as Folder).values())
      files.set(file.name, await (file as FileSystemFileHandle).getFile());
    const manifest = await files.get('manifest.json')?.text();
    if (manifest === undefined || (JSON.parse(manifest) as { id: string }).id !== id) continue;
    const copy = await kept.getDirectoryHandle(id, { create: true });
    for (const [name, file] of files) {
      const stream = await (await copy.getFileHandle(name, { create: true })).createWritable();
      await stream.write(file);
      await stream.close();
    }
  }
}

/** Stores kept models again, as their imports did. Returns whether all of them had been kept. */
export async function restoreModels(ids: readonly string[]): Promise<boolean> {
  type Folder = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
  const top = await navigator.storage.getDirectory();
  const kept = await top.getDirectoryHandle('kept-models', { create: true });
  const linnet = await top.getDirectoryHandle('linnet', { create: true });
  const models = await linnet.getDirectoryHandle('models', { create: true });
  let all = true;
  for (const id of ids) {
    const copy = (await kept.getDirectoryHandle(id).catch(() => undefined)) as Folder | undefined;
    if (copy === undefined) {
      all = false;
      continue;
    }
    const folder = await models.getDirectoryHandle(`kept-${id}`, { create: true });
    for await (const file of copy.values()) {
      const stream = await (await folder.getFileHandle(file.name, { create: true })).createWritable();
      await stream.write(await (file as FileSystemFileHandle).getFile());
      await stream.close();
    }
  }
  return all;
}

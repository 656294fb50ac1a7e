import type { Page } from '../harness/index.ts';

/** Drops files or folders of the disk on the page's heading, far from the drop zone. */
export async function drop(page: Page, ...files: string[]): Promise<void> {
  const heading = page.getByRole('heading', { name: 'Models', exact: true });
  await heading.scrollIntoViewIfNeeded();
  const box = await heading.boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  const place = { x: box!.x + 5, y: box!.y + 5 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...place, data });
  await session.detach();
}

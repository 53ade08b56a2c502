import type { List } from '@kubeplant/api-client';

const PAGE = 1000;

/** All rows of a list, page by page. */
export async function listAll<T>(page: (paging: { limit: number; offset: number }) => Promise<List<T>>): Promise<T[]> {
  const rows: T[] = [];
  for (;;) {
    const { items, total } = await page({ limit: PAGE, offset: rows.length });
    rows.push(...items);
    if (items.length === 0 || rows.length >= total) return rows;
  }
}

import { describe, expect, it } from 'vitest';
import { toQuery } from './data-provider.ts';
import { fromId, toId } from './ids.ts';

describe('queries of the api', () => {
  it('page, sort and filter as react-admin asks', () => {
    expect(
      toQuery({
        pagination: { page: 3, perPage: 50 },
        sort: { field: 'name', order: 'DESC' },
        filter: { q: 'pump', site: '', connected: false },
      }),
    ).toEqual({ q: 'pump', connected: false, limit: 50, offset: 100, sort: 'name', order: 'desc' });
  });

  it('leave out a sort by id, which the api does not have', () => {
    expect(toQuery({ sort: { field: 'id', order: 'ASC' } })).toEqual({ limit: 25, offset: 0 });
  });
});

describe('ids', () => {
  it('round trip', () => expect(fromId(toId({ namespace: 'plant-a', name: 'pump-1' }))).toEqual({ namespace: 'plant-a', name: 'pump-1' }));
  it.each(['pump-1', '~pump', 'a~', 'a~b~c'])('%j is none', (id) => expect(fromId(id)).toBeUndefined());
});

import { TagList } from './TagList.tsx';

export const tags = { name: 'tags', list: TagList };

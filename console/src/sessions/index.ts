import { SessionList } from './SessionList.tsx';

export const sessions = { name: 'sessions', list: SessionList };

import { FindingList } from './FindingList.tsx';

export const findings = { name: 'findings', list: FindingList };

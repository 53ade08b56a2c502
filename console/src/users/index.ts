import { UserEdit } from './UserEdit.tsx';
import { UserList } from './UserList.tsx';

export const users = { name: 'users', list: UserList, edit: UserEdit };

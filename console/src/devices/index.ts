import { DeviceList } from './DeviceList.tsx';
import { DeviceShow } from './DeviceShow.tsx';

export const devices = { name: 'devices', list: DeviceList, show: DeviceShow };

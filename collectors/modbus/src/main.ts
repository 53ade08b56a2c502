import { runCollectorMain } from '@kubeplant/collector-core';
import { modbusDriver } from './driver/modbus-driver.ts';

await runCollectorMain(modbusDriver);

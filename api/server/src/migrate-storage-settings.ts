import { defineConfig, text } from '@kubeplant/kit';
import { API_SETTINGS } from './api-settings.ts';

/** Environment of the process that moves a history from one layout to the other. */
export const MIGRATE_STORAGE_SETTINGS = defineConfig({
  databaseUrl: API_SETTINGS.databaseUrl,
  to: text({
    env: 'KUBEPLANT_STORAGE_LAYOUT',
    description: 'Layout that the history is moved to.',
    oneOf: ['hypertables', 'partitions'],
  }),
  output: text({
    env: 'KUBEPLANT_OUTPUT',
    description: 'How progress is told: text for people, on standard error; json, an object a line, on standard output.',
    default: 'text',
    oneOf: ['text', 'json'],
  }),
});

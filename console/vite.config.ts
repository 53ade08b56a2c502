import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = 'http://127.0.0.1:8080';

/** The console, served by the api from `/`. Scripts come from files only: the api forbids inline ones. */
export default defineConfig(({ command }) => {
  // Whoever builds may run under another NODE_ENV, such as a test: what is served is always React as made for production.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    plugins: [react()],
    build: { target: 'es2022', outDir: 'dist', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
    server: { proxy: { '/api': { target: api, ws: true }, '/docs': api } },
  };
});

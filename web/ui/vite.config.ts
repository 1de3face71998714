import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The console's build: static files with hashed names, no inline script, so that the strict content policy holds. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});

import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** Everything in one file that may ask nobody for anything: the browser itself is told so. */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const take = (name: string): string => {
        const item = bundle[name];
        Reflect.deleteProperty(bundle, name);
        if (item === undefined) throw new Error(`${name} was not built`);
        return item.type === 'chunk' ? item.code : String(item.source);
      };
      const html = bundle['index.html'];
      if (html?.type !== 'asset') throw new Error('the page was not built');
      const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      const sources = { script: '', style: '' };
      const page = String(html.source)
        .replace(/<link rel="stylesheet"[^>]*href="\.\/([^"]+)"[^>]*>/, (_tag, name: string) => {
          const style = take(name);
          sources.style = hash(style);
          return `<style>${style}</style>`;
        })
        .replace(/<script type="module"[^>]*src="\.\/([^"]+)"[^>]*><\/script>/, (_tag, name: string) => {
          const script = take(name).replaceAll('</script', '<\\/script');
          sources.script = hash(script);
          return `<script type="module">${script}</script>`;
        });
      const policy = `default-src 'none'; script-src ${sources.script}; style-src ${sources.style}; base-uri 'none'; form-action 'none'`;
      html.source = page.replace(
        '<meta charset="utf-8" />',
        `<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
      );
      html.fileName = 'verify.html';
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [oneFile()],
  build: { outDir: '../../../../dist/verify', emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
});

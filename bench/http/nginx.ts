/** nginx from the distribution with one worker: as a site that serves files, and as a plain reverse proxy before it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

export interface Nginx extends AsyncDisposable {
  readonly port: number;
  /** Of the master; its one worker is its child. */
  readonly pid: number;
  readonly documents: string;
}

type Role =
  | { readonly kind: 'site'; readonly port: number }
  | { readonly kind: 'proxy'; readonly port: number; readonly to: number };

const TRIES_MAX = 200;

export async function startNginx(directory: string, role: Role): Promise<Nginx> {
  const documents = join(directory, 'documents');
  await mkdir(documents, { recursive: true });
  await Promise.all([directory, documents].map((path) => chmod(path, 0o755)));
  const config = join(directory, 'nginx.conf');
  await writeFile(config, configuration(directory, documents, role));
  const child = spawn('/usr/sbin/nginx', ['-c', config, '-e', join(directory, 'error.log')], { stdio: 'inherit' });
  if (child.pid === undefined) throw new Error('nginx is missing: install nginx-light');
  await answering(child, role.port);
  return {
    ...{ port: role.port, pid: child.pid, documents },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** As most people write it: keep-alive towards the site, no cache, no access log. */
function configuration(directory: string, documents: string, role: Role): string {
  const names = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = names.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n');
  const place =
    role.kind === 'site'
      ? `root ${documents}; types { text/html html; text/csv csv; application/octet-stream bin; }`
      : 'proxy_pass http://site; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;';
  const upstream = role.kind === 'site' ? '' : `  upstream site { server 127.0.0.1:${role.to}; keepalive 64; }\n`;
  return `daemon off;
user root;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 1024; }
http {
${temporary}
  access_log off;
  sendfile on;
  keepalive_requests 10000000;
${upstream}  server {
    listen 127.0.0.1:${role.port};
    location / { ${place} }
  }
}
`;
}

async function answering(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (child.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nginx does not answer on port ${port}`);
}

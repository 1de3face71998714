/** The server's side of git over SSH: `git-upload-pack 'PATH'` and its sisters (gitprotocol-pack(5)). */
import type { Word } from '../command/model.ts';
import type { Transfer } from './model.ts';

const PROGRAMS = { 'upload-pack': 'download', 'upload-archive': 'download', 'receive-pack': 'upload' } as const;

export function readGit(program: string, args: readonly Word[]): Transfer | undefined {
  const [first, ...rest] = args;
  const name = program === 'git' ? first?.text : program.replace(/^git-/, '');
  const operands = program === 'git' ? rest : args;
  const direction = directionOf(name);
  if (direction === undefined) return undefined;
  const options = operands.slice(0, -1);
  const path = operands.at(-1);
  const odd = path === undefined || path.text.startsWith('-') ? path : options.find(({ text }) => text !== '--strict');
  return {
    protocol: 'git',
    direction,
    needs: [direction],
    paths: path === undefined ? [] : [path],
    recursive: true,
    intoDirectory: true,
    followsLinks: false,
    frees: false,
    makesLinks: false,
    refused: path === undefined ? `git ${name}` : odd && `git ${name} ${odd.text}`,
  };
}

function directionOf(name: string | undefined) {
  return name === 'upload-pack' || name === 'upload-archive' || name === 'receive-pack' ? PROGRAMS[name] : undefined;
}

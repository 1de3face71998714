/** Messages as real peers send them (RFC 4250-4254 and OpenSSH's PROTOCOL), to be bent by `mutate`. */
import { randomBytes } from 'node:crypto';
import { sshString as text, uint32 } from '../../foundation/index.ts';

const byte = (...values: number[]): Buffer => Buffer.from(values);
const message = (number: number, ...fields: Buffer[]): Buffer => Buffer.concat([byte(number), ...fields]);
const request = (channel: number, name: string, ...fields: Buffer[]): Buffer =>
  message(98, uint32(channel), text(name), byte(1), ...fields);

const MODES = Buffer.concat([byte(1), uint32(3), byte(53), uint32(1), byte(128), uint32(38_400), byte(0)]);

export const openSession = (packetBytes = 32_768, windowBytes = 2_097_152): Buffer =>
  message(90, text('session'), uint32(0), uint32(windowBytes), uint32(packetBytes));
export const execute = (channel: number, command: string): Buffer => request(channel, 'exec', text(command));
export const data = (channel: number, bytes: Buffer): Buffer => message(94, uint32(channel), text(bytes));
export const adjust = (channel: number, bytes: number): Buffer => message(93, uint32(channel), uint32(bytes));
export const confirm = (theirs: number, ours: number, window: number, packet: number): Buffer =>
  message(91, uint32(theirs), uint32(ours), uint32(window), uint32(packet));
export const banner = (line: string): Buffer => message(53, text(line), text(''));
export const askByKeyboard = (user: string): Buffer =>
  message(50, text(user), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
export const askByKey = (user: string): Buffer =>
  message(
    50,
    ...[text(user), text('ssh-connection'), text('publickey'), byte(0), text('ssh-ed25519')],
    text(Buffer.concat([text('ssh-ed25519'), text(randomBytes(32))])),
  );

/** At any time. */
const TRANSPORT = [
  message(1, uint32(11), text('bye'), text('')),
  message(2, text(randomBytes(64))),
  message(3, uint32(7)),
  message(4, byte(1), text('debug'), text('')),
  message(20, randomBytes(16), ...Array.from({ length: 10 }, () => text('none')), byte(0), uint32(0)),
  message(21),
  message(30, text(randomBytes(32))),
  message(7, uint32(1), text('ext-info-in-auth@openssh.com'), text('0')),
  message(192, text('ping')),
];

/** While nobody is signed in. */
export const BEFORE_SIGN_IN = [
  ...TRANSPORT,
  message(5, text('ssh-userauth')),
  message(50, text('bench-recorded'), text('ssh-connection'), text('none')),
  askByKey('bench-recorded'),
  askByKeyboard('bench-recorded'),
  message(61, uint32(1), text('answer')),
  message(50, text('bench-recorded'), text('ssh-connection'), text('password'), byte(0), text('secret')),
  openSession(),
];

/** By a client that is signed in; channel 0 is open. */
export const BY_CLIENT = [
  ...TRANSPORT,
  openSession(),
  message(
    90,
    text('direct-tcpip'),
    uint32(1),
    uint32(65_536),
    uint32(32_768),
    text('h'),
    uint32(22),
    text('h'),
    uint32(9),
  ),
  request(0, 'pty-req', text('xterm'), uint32(80), uint32(24), uint32(0), uint32(0), text(MODES)),
  request(0, 'env', text('LANG'), text('ja_JP.UTF-8')),
  execute(0, 'cat'),
  request(0, 'shell'),
  request(0, 'subsystem', text('sftp')),
  request(0, 'window-change', uint32(90), uint32(30), uint32(0), uint32(0)),
  request(0, 'signal', text('TERM')),
  request(0, 'break', uint32(500)),
  request(0, 'auth-agent-req@openssh.com'),
  data(0, Buffer.from('echo hello\n')),
  message(95, uint32(0), uint32(1), text('error')),
  adjust(0, 1_000_000),
  message(96, uint32(0)),
  message(97, uint32(0)),
  message(80, text('tcpip-forward'), byte(1), text('127.0.0.1'), uint32(0)),
  message(80, text('keepalive@openssh.com'), byte(1)),
  message(80, text('hostkeys-prove-00@openssh.com'), byte(1), text(randomBytes(51))),
];

/** By a server whose client has signed in; channel 0 is the client's. */
export const BY_SERVER = [
  ...TRANSPORT,
  banner('welcome\n'),
  message(51, text('publickey'), byte(0)),
  message(52),
  confirm(0, 0, 2_097_152, 32_768),
  message(92, uint32(0), uint32(1), text('no'), text('')),
  message(99, uint32(0)),
  message(100, uint32(0)),
  data(0, Buffer.from('output\n')),
  message(95, uint32(0), uint32(1), text('error\n')),
  request(0, 'exit-status', uint32(3)),
  request(0, 'exit-signal', text('TERM'), byte(0), text(''), text('')),
  request(0, 'eow@openssh.com'),
  adjust(0, 1_000_000),
  message(96, uint32(0)),
  message(97, uint32(0)),
  message(80, text('hostkeys-00@openssh.com'), byte(0), text(randomBytes(51))),
  message(
    90,
    text('forwarded-tcpip'),
    uint32(1),
    uint32(65_536),
    uint32(32_768),
    text('h'),
    uint32(22),
    text('h'),
    uint32(9),
  ),
];

/**
 * A worker of the pool's that serves nothing: what it does is the first thing that was read of a connection handed to
 * it, `status BYTES`, `exit STATUS` or `hold`. It answers with its process id, and drains and stops like a real one.
 * Started for the directory `/mute` it never says that it is ready.
 */
const held = new Set();
let draining = false;

const say = (message) => process.send?.(message);
const endWhenIdle = () => draining && held.size === 0 && process.exit(0);

function serve(id, words, socket) {
  const [what, value] = words.split(' ');
  if (what === 'exit') process.exit(Number(value));
  if (what === 'status') say({ type: 'status', residentBytes: Number(value) });
  held.add(id);
  socket.on('error', () => undefined).resume();
  socket.on('close', () => {
    held.delete(id);
    say({ type: 'closed', id });
    endWhenIdle();
  });
  socket.write(String(process.pid));
}

process.on('disconnect', () => process.exit(1));
process.on('message', (message, socket) => {
  if (message.type === 'start' && message.dataDirectory !== '/mute') say({ type: 'ready' });
  if (message.type === 'connection') serve(message.id, Buffer.from(message.head).toString(), socket);
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'drain') {
    draining = true;
    endWhenIdle();
  }
});

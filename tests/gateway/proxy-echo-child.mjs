/** Sends back what was read of a socket before it came here, and then all that the socket brings. */
process.on('message', ({ head }, socket) => {
  socket.write(Buffer.from(head, 'base64'));
  socket.pipe(socket);
  socket.on('end', () => process.disconnect());
});
process.send('ready');

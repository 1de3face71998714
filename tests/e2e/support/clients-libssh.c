/* A client on libssh: clients-libssh HOST PORT USER KEY COMMAND. Writes the command's output and ends with its status. */
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(ssh_session session, const char *what) {
  fprintf(stderr, "%s: %s\n", what, ssh_get_error(session));
  return 255;
}

static int run(ssh_session session, const char *command) {
  ssh_channel channel = ssh_channel_new(session);
  char bytes[32768];
  if (channel == NULL || ssh_channel_open_session(channel) != SSH_OK) return fail(session, "channel");
  if (ssh_channel_request_exec(channel, command) != SSH_OK) return fail(session, "exec");
  for (int error = 0; error < 2; error++)
    for (int count; (count = ssh_channel_read(channel, bytes, sizeof bytes, error)) > 0;)
      fwrite(bytes, 1, (size_t)count, error ? stderr : stdout);
  ssh_channel_send_eof(channel);
  int status = ssh_channel_get_exit_status(channel);
  ssh_channel_free(channel);
  return status;
}

int main(int count, char **words) {
  if (count != 6) return 254;
  ssh_session session = ssh_new();
  ssh_key key = NULL;
  int port = atoi(words[2]);
  int process_config = 0;
  ssh_options_set(session, SSH_OPTIONS_HOST, words[1]);
  ssh_options_set(session, SSH_OPTIONS_PORT, &port);
  ssh_options_set(session, SSH_OPTIONS_USER, words[3]);
  ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
  if (ssh_connect(session) != SSH_OK) return fail(session, "connect");
  if (ssh_pki_import_privkey_file(words[4], NULL, NULL, NULL, &key) != SSH_OK) return fail(session, "key");
  if (ssh_userauth_publickey(session, NULL, key) != SSH_AUTH_SUCCESS) return fail(session, "sign in");
  int status = run(session, words[5]);
  ssh_disconnect(session);
  return status;
}

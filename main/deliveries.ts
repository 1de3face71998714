/** The ways out of the configuration: mail, rooms and programs; and the key that signs the links in messages. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAddressRule,
  createMailSender,
  createWebhookSender,
  type DeliverySettings,
  type WebhookChannel,
  webhookKey,
} from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import { asError, GatewayError, loadKeyFile, type Log, Secret } from '../foundation/index.ts';

/** @throws {GatewayError} `config_invalid` naming the key: a file that cannot be read, a secret that is none. */
export async function loadDeliveries(
  config: Pick<Config, 'flow' | 'http' | 'notifications'>,
  keysDirectory: string,
  log: Log,
): Promise<DeliverySettings> {
  const { mail, linkHours } = config.notifications;
  return {
    publicUrl: new URL(config.http.publicUrl),
    zone: config.flow.zone,
    linkKey: await loadKeyFile(join(keysDirectory, 'link_key'), 'link key'),
    linkHours,
    mail: mail === null ? null : { send: await mailSender(mail, log), mayDecline: mail.mayDecline },
    webhooks: await Promise.all(
      config.notifications.webhooks.map((webhook, at) => webhookChannel(webhook, { at, log, config })),
    ),
  };
}

async function mailSender({ caFile, ...server }: NonNullable<Config['notifications']['mail']>, log: Log) {
  return createMailSender({ ...server, ca: await readAuthorities(caFile, 'notifications.mail.ca_file') }, log);
}

async function webhookChannel(
  webhook: Config['notifications']['webhooks'][number],
  { at, log, config }: { readonly at: number; readonly log: Log; readonly config: Pick<Config, 'notifications'> },
): Promise<WebhookChannel> {
  const { name, kind, url, locale } = webhook;
  const key = `notifications.webhooks.${at}`;
  const keys = webhook.secrets.map((secret) => {
    const bytes = webhookKey(secret.expose());
    if (bytes === undefined) throw new GatewayError('config_invalid', `${key}.secrets: one is no key`);
    return new Secret(bytes);
  });
  const ca = await readAuthorities(webhook.caFile, `${key}.ca_file`);
  const mayAsk = createAddressRule(config.notifications.allowedNetworks);
  return {
    ...{ name, kind, locale, topics: webhook.topics ?? undefined, systems: webhook.systems ?? undefined },
    send: createWebhookSender({ name, url, keys, ca, mayAsk }, log),
  };
}

async function readAuthorities(file: string | null, key: string): Promise<string | undefined> {
  if (file === null) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const cause = asError(thrown);
    throw new GatewayError('config_invalid', `${key}: ${cause.message}`, { cause });
  }
}

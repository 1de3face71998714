/** Messages that leave the console, and the links in them. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import { moment } from './schemas.ts';

const part = encodeURIComponent;

const Delivery = z.object({
  id: z.string(),
  channel: z.string(),
  topic: z.string(),
  person: z.nullable(z.string()),
  number: z.nullable(z.number()),
  attempts: z.number(),
  error: z.nullable(z.string()),
  status: z.nullable(z.number()),
  createdAt: moment,
  endedAt: z.nullable(moment),
  nextAt: moment,
});
export type Delivery = z.infer<typeof Delivery>;

const Channel = z.object({
  channel: z.string(),
  waiting: z.number(),
  sent: z.number(),
  dead: z.number(),
  lastSentAt: z.nullable(moment),
  configured: z.boolean(),
});
export type Channel = z.infer<typeof Channel>;

const Overview = z.object({
  channels: z.array(Channel),
  dead: z.array(Delivery),
  retrying: z.array(Delivery),
  mayResend: z.boolean(),
});
export type Overview = z.infer<typeof Overview>;

export const useDeliveries = () =>
  useQuery({ queryKey: ['deliveries'], queryFn: () => call(Overview, 'GET', '/api/deliveries') });

export const useSendAgain = () =>
  useCommand((id: string) => callPlain('POST', `/api/deliveries/${part(id)}/again`, {}), ['deliveries']);

export const useSendChannelAgain = () =>
  useCommand((channel: string) => callPlain('POST', '/api/deliveries/again', { channel }), ['deliveries']);

const Settings = z.object({
  mail: z.boolean(),
  address: z.nullable(z.string()),
  mailOffered: z.boolean(),
  mayDecline: z.boolean(),
});
export type NotificationSettings = z.infer<typeof Settings>;

export const useNotificationSettings = () =>
  useQuery({
    queryKey: ['notifications', 'settings'],
    queryFn: () => call(Settings, 'GET', '/api/me/notifications'),
  });

export const useSwitchMail = () =>
  useCommand((mail: boolean) => call(Settings, 'PATCH', '/api/me/notifications', { mail }), ['notifications']);

const Opened = z.object({ ticket: z.string(), purpose: z.enum(['decide', 'review']) });

/** Uses the link up; it can be asked once. */
export const useOpenLink = () =>
  useCommand((token: string) => call(Opened, 'POST', '/api/links/open', { token }), ['tickets', 'me']);

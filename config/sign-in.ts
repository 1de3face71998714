/** Who signs people in, and what a second factor is asked for. */
import { z } from 'zod';
import { LIMITS } from '../foundation/index.ts';
import { ROLES } from '../policy/index.ts';
import { urlOf } from './fields.ts';

const assurance = z.record(z.string().min(1).max(255), z.enum(['single', 'multi']));

const provider = {
  issuer: urlOf('http:', 'https:').describe('Issuer of the OpenID Connect provider, exactly as it names itself.'),
  client_id: z.string().min(1).max(255).describe('Client id of this gateway at the provider.'),
  client_secret: z
    .string()
    .min(16)
    .max(1_024)
    .describe('Client secret of this gateway at the provider. Environment: `OIDC_CLIENT_SECRET`.'),
  role_of_group: z
    .record(z.string().min(1).max(255), z.enum(ROLES))
    .optional()
    .describe(
      'Which role a value of the `groups` claim gives. Groups not named give none. Default in demo mode: each role is the group of its own name.',
    ),
  assurance_of_acr: assurance
    .optional()
    .describe(
      'Which values of the `acr` claim say that the provider asked for more than one factor (`multi`). None by default.',
    ),
  assurance_of_amr: assurance
    .optional()
    .describe('The same of the values in the `amr` claim, of which one is enough. None by default.'),
  clock_skew_seconds: z
    .number()
    .int()
    .min(0)
    .max(LIMITS.providerClockSkewSecondsMax)
    .optional()
    .describe("Seconds by which the provider's clock may differ. Default `30`."),
  provisioning: z
    .enum(['just_in_time', 'scim'])
    .optional()
    .describe(
      '`just_in_time`, the default: a person is made at their first sign-in and follows its claims. `scim`: people and roles come by SCIM alone.',
    ),
  scim_subject: z
    .enum(['externalId', 'userName'])
    .optional()
    .describe('Which attribute of SCIM is the subject (`sub`) of the sign-in. Default `externalId`.'),
};

export const oidc = z
  .strictObject(provider)
  .describe(
    'Who signs people in, where it is one provider: `identity_providers` with one entry named `default`. Without either, in demo mode only, a demo identity provider with six made-up people runs.',
  );

export const identityProviders = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, 31 at most')
        .describe(
          'Part of the addresses registered at the provider: `/auth/callback/NAME`, `/auth/backchannel-logout/NAME`.',
        ),
      title: z.string().min(1).max(100).optional().describe('What the sign-in page calls it. Default: its name.'),
      ...provider,
    }),
  )
  .min(1)
  .max(LIMITS.providersMax)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'each has a name of its own')
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'each is another issuer')
  .describe('Who signs people in, side by side; the sign-in page offers them in this order. Instead of `oidc`.');

export const secondFactor = z
  .strictObject({
    web: z
      .enum(['off', 'required'])
      .optional()
      .describe(
        'Whether deciding tickets, locking people, ending sessions and letting a terminal in needs a second factor that was shown a moment ago: a passkey, an authenticator app, or the provider where it says so (`acr`, `amr`). Default `off` in demo mode, `required` in production.',
      ),
    web_minutes: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.webFactorMinutesMax)
      .optional()
      .describe('Minutes for which one second factor serves. Default `15`.'),
  })
  .describe('The second factor at the console.');

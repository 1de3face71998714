/** What goes wrong around an approval, and the test that holds each: with a real database, queue, mail server or client. */
import { test } from '@jest/globals';
import { expectNamedTest } from '../support/named-test.ts';

const FAULTS: Readonly<Record<string, readonly (readonly [file: string, test: string])[]>> = {
  'two approvers at once': [
    ['approvals/decide.it.test.ts', 'of two owners at the same moment counts once'],
    ['approvals/kinds.it.test.ts', 'of two at the same moment both count'],
  ],
  'an approval races a withdrawal': [['approvals/races.it.test.ts', 'an approval that races a withdrawal']],
  'a use races a revocation': [['approvals/races.it.test.ts', 'a use that races a revocation']],
  'one ticket, many uses at once': [
    ['approvals/redeem.it.test.ts', 'by twelve sessions at the same moment happens once'],
  ],
  'the clock jumps': [
    ['approvals/remind.it.test.ts', 'when the clock jumps back, and of all that is due when it jumps ahead'],
    ['approvals/delivery.it.test.ts', 'while it is greylisted, whatever the clock does'],
    ['foundation/clock.test.ts', 'microseconds never run backwards'],
  ],
  'daylight saving': [
    ['approvals/next-step.prop.test.ts', 'is by the wall after the clocks went forward'],
    ['approvals/next-step.prop.test.ts', 'is by the wall after they went back'],
    ['policy/zones.test.ts', 'the last day of a contract'],
  ],
  'the queue is down': [
    ['approvals/queue-down.it.test.ts', 'is away, requests are made'],
    ['foundation/queue.it.test.ts', 'that is away keeps neither a start nor a stop waiting'],
    ['e2e/fault-database.e2e.test.ts', 'ends no session, opens none while it is away, and loses nothing'],
  ],
  'the mail server is down': [
    ['approvals/mail-sender.it.test.ts', 'waits for another try when the server is away'],
    ['approvals/delivery.it.test.ts', 'is a dead letter'],
    ['approvals/delivery.it.test.ts', 'by one channel holds up no other'],
  ],
  'a webhook twice': [
    ['approvals/delivery.it.test.ts', 'handed to two workers at once is sent once'],
    ['approvals/delivery.it.test.ts', 'comes again under the same id'],
    ['web/providers.it.test.ts', 'is refused a second time'],
  ],
  'a link again': [['approvals/links.it.test.ts', 'opens once, also for two clicks at once, and not after its time']],
  'a storm of SCIM': [
    ['web/scim-storm.it.test.ts', 'sent four times at once are made once each'],
    ['web/scim-storm.it.test.ts', 'given one name at once'],
    ['web/scim-storm.it.test.ts', 'deactivated in a storm, while their requests are decided'],
    ['web/scim.it.test.ts', 'beyond the limit of a minute waits'],
  ],
  'the provider is away': [
    ['web/providers.it.test.ts', 'an outage refuses new sign-ins by that name, and leaves who is in'],
    ['web/sign-in.it.test.ts', 'works again when the provider answers again'],
  ],
  'a reason of ten megabytes': [['web/tickets.it.test.ts', 'a reason of ten megabytes is refused before it is read']],
  'names that look alike': [
    ['identity/name-shape.test.ts', 'different names look different'],
    ['approvals/delivery.it.test.ts', 'marks a name that looks like another'],
  ],
};

test.each(Object.entries(FAULTS).flatMap(([fault, held]) => held.map((one) => [fault, ...one] as const)))(
  '%s: %s',
  (_fault, file, name) => expectNamedTest(file, name),
);

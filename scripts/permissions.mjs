/** docs/permissions.md: what each role may do to a ticket, asked of the rules themselves, case by case. */

/** @param policy the built policy room. */
export function permissionsText(
  { ROLES, TICKET_KINDS, TICKET_STATES, TICKET_EVENTS, decideApproval, decideReview, ticketStep },
  table,
) {
  const roles = [...ROLES];
  const rows = (ask) => CASES.map(([words, change]) => [words, ...roles.map((role) => ask(withRole(role, change)))]);
  const decisions = rows((facts) => answer(decideApproval(facts)));
  const reviews = rows(({ approver, requester }) =>
    answer(decideReview({ state: 'review_due', requester, reviewer: approver, reported: true })),
  );
  const arrows = TICKET_KINDS.map((kind) => {
    const lines = TICKET_STATES.flatMap((state) =>
      TICKET_EVENTS.flatMap((event) => {
        const to = ticketStep(kind, state, event);
        return to === undefined ? [] : [[`\`${state}\``, event, `\`${to}\``]];
      }),
    );
    return `### \`${kind}\`\n\n${table(['State', 'Step', 'Then'], lines)}`;
  });
  return [
    'What is not said here is refused. Each cell is the answer of the rule that decides in the gateway, with the code of the refusal.',
    '## Approving or rejecting a request, asking back',
    table(['When the person', ...roles], decisions),
    '`as owner` and `as second_line`: in which capacity the decision counts. An approval is complete when nobody’s yes is missing: an owner of every system, as many different ones as its risk settings say, and a security officer beyond the row limit, for special-care data, and where the requester is the only owner. A transfer needs two people: where one person alone owns both systems, that person and a security officer.',
    '## Reviewing an emergency after the fact',
    table(['When the person', ...roles], reviews),
    '## Asking and taking back',
    'A maintainer asks for work, exports and transfers, and begins an emergency, on targets that the ticket would open to them. Only the requester withdraws, answers, reports and finishes; an owner of a system it touches revokes, and of an emergency the second line too.',
    '## The states',
    ...arrows,
  ].join('\n\n');
}

const NOW = new Date(0);
const LATER = new Date(1);

/** In words, and what is different then. */
const CASES = [
  ['owns the system', {}],
  ['owns nothing of it', { owns: [] }],
  ['owns nothing of it, and the second line is needed', { owns: [], rows: 2 }],
  ['acts for its owner, chosen beforehand', { owns: [], substitutesFor: ['system'] }],
  ['owns the system and asked for it', { id: 'requester' }],
  ['asked for it, and the second line is needed', { id: 'requester', rows: 2 }],
  ['owns the system and reports to the requester only', { managers: ['requester'] }],
  ['owns the system and is locked', { locked: true }],
  ['owned the system and has left', { present: false }],
];

function withRole(role, { rows = 1, ...approver }) {
  return {
    kind: 'export',
    systems: [{ id: 'system', quorum: 1, secondLineRows: 1, otherOwners: ['person'], secondLine: 1 }],
    ...{ rows, dataClasses: [], state: 'requested', requester: 'requester', earlier: [] },
    ...{ actDigest: 'act', askedDigest: 'act', decideBy: LATER, now: NOW },
    approver: {
      ...{ id: 'person', roles: [role], locked: false, present: true },
      ...{ managers: [], owns: ['system'], substitutesFor: [], ...approver },
    },
  };
}

function answer({ allowed, reason, as }) {
  if (!allowed) return `no: \`${reason}\``;
  return as === undefined ? 'yes' : `yes, as ${as}`;
}

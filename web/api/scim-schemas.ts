/** What this service can do, in the words of SCIM (RFC 7643 §5 to §7). */
import { LIMITS } from '../../foundation/index.ts';

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:';
const USER = `${SCHEMA}User`;
const GROUP = `${SCHEMA}Group`;
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export function serviceProviderConfig(base: string) {
  return {
    schemas: [`${SCHEMA}ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: LIMITS.scimPageMax },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'Made by the command sekisho scim-token.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string) {
  const type = (name: string, schema: string, extensions: readonly object[]) => ({
    schemas: [`${SCHEMA}ResourceType`],
    ...{ id: name, name, endpoint: `/${name}s`, schema, schemaExtensions: extensions },
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  });
  return [type('User', USER, [{ schema: ENTERPRISE, required: false }]), type('Group', GROUP, [])];
}

interface Attribute {
  readonly required?: boolean;
  readonly uniqueness?: 'none' | 'server';
  readonly mutability?: 'readOnly' | 'readWrite';
  readonly multiValued?: boolean;
  readonly subAttributes?: readonly object[];
}

function attribute(name: string, type: string, more: Attribute = {}) {
  return {
    ...{ name, type, multiValued: false, required: false, caseExact: false },
    ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none' },
    ...more,
  };
}

export const SCHEMAS = [
  {
    schemas: [`${SCHEMA}Schema`],
    id: USER,
    name: 'User',
    description: 'A person',
    attributes: [
      attribute('userName', 'string', { required: true, uniqueness: 'server' }),
      attribute('externalId', 'string'),
      attribute('displayName', 'string'),
      attribute('name', 'complex', {
        subAttributes: ['formatted', 'familyName', 'givenName'].map((name) => attribute(name, 'string')),
      }),
      attribute('emails', 'complex', {
        multiValued: true,
        subAttributes: [attribute('value', 'string'), attribute('primary', 'boolean'), attribute('type', 'string')],
      }),
      attribute('active', 'boolean'),
      attribute('preferredLanguage', 'string'),
    ],
  },
  {
    schemas: [`${SCHEMA}Schema`],
    id: ENTERPRISE,
    name: 'EnterpriseUser',
    description: 'Employer and manager of a person',
    attributes: [
      attribute('organization', 'string'),
      attribute('manager', 'complex', { subAttributes: [attribute('value', 'string')] }),
    ],
  },
  {
    schemas: [`${SCHEMA}Schema`],
    id: GROUP,
    name: 'Group',
    description: 'Persons whose roles are decided together',
    attributes: [
      attribute('displayName', 'string', { required: true, uniqueness: 'server' }),
      attribute('externalId', 'string'),
      attribute('members', 'complex', { multiValued: true, subAttributes: [attribute('value', 'string')] }),
    ],
  },
] as const;

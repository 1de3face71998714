/** The four words; what they mean is said where they stand. */
export const verdictsEn = {
  'verify.VERIFIED': 'VERIFIED',
  'verify.VERIFIED-UNWITNESSED': 'VERIFIED-UNWITNESSED',
  'verify.TAMPERED': 'TAMPERED',
  'verify.INCOMPLETE': 'INCOMPLETE',
} as const;

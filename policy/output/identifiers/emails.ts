/** E-mail addresses of persons. */
import type { Found } from './model.ts';

const LOCAL_MAX = 64;
const LOCAL = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\w.%+'-]/.test(String.fromCharCode(code))));
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,6}([a-z]{2,18})(?![a-z])/i;
/** Besides the countries' two letters. `user@1000.service` is a unit of systemd, `getty@tty1.socket` another. */
const TOP = new Set(
  `academy agency app art asia bar biz blog cafe cloud club co com company design dev digital edu email fun gov group
   holdings info international jobs kyoto life live love ltd media mil mobi museum nagoya name net news okinawa one
   online org osaka page photo plus pro red shop site space store studio support tech tel tokyo tools top town travel
   vip web website wiki work world xyz yokohama zone test example`.split(/\s+/),
);
/** Letters turned by thirteen places are letters still, and so is an address made of them. */
const TURNED = new Set([...TOP].map(rot13));

/** @param letters in small. */
export function isTopDomain(letters: string): boolean {
  return letters.length === 2 || TOP.has(letters) || TURNED.has(letters);
}
/** Post boxes of programs and of everybody: nobody's name. */
const ROLES =
  /^(?:root|admin|administrator|postmaster|hostmaster|webmaster|mailer-daemon|daemon|nobody|no-?reply|do-?not-?reply|git|www-data|ubuntu|ec2-user|abuse|security|bugs?)$/i;
/** Where what stands before the `@` is an algorithm, a package's list, or nobody. */
const TECHNICAL =
  /(?:^|\.)(?:openssh\.com|libssh\.org|ssh\.com|lysator\.liu\.se|noreply\.github\.com|debian\.org|ubuntu\.com|canonical\.com|launchpad\.net|redhat\.com|fedoraproject\.org|centos\.org|kernel\.org|gnu\.org|freedesktop\.org)$/i;

export function findEmails(line: string): Found[] {
  const found: Found[] = [];
  for (let at = line.indexOf('@'); at !== -1; at = line.indexOf('@', at + 1)) {
    const local = localBefore(line, at);
    if (local === '') continue;
    const domain = DOMAIN.exec(line.slice(at + 1, at + 254));
    if (domain === null || !isPersons(local, domain[0], domain[1] ?? '')) continue;
    const value = `${local}@${domain[0]}`.toLowerCase();
    found.push({
      kind: 'email',
      shelf: 'email',
      value,
      start: at - local.length,
      end: at + 1 + domain[0].length,
      strong: true,
    });
  }
  return found;
}

/** From its end: an expression would try each of the letters before as the first. */
function localBefore(line: string, end: number): string {
  let from = end;
  while (from > 0 && end - from < LOCAL_MAX && LOCAL[line.charCodeAt(from - 1)] === 1) from -= 1;
  return line.slice(from, end).replace(/^[.'%-]+/, '');
}

function isPersons(local: string, domain: string, top: string): boolean {
  return isTopDomain(top.toLowerCase()) && !ROLES.test(local) && !TECHNICAL.test(domain);
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

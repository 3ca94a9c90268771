import { hostname, userInfo } from 'node:os';
import type { Env } from '../../config/env.ts';

/** Who types: the user of the operating system, behind sudo the one who called it. Only letters, digits and `._@-`. */
export function osUser({ SUDO_USER }: Env): string {
  const name = loginName();
  const typed = name === 'root' && SUDO_USER ? SUDO_USER : name;
  return typed.replace(/[^\w.@-]/g, '_').slice(0, 64) || 'unknown';
}

/** A container's user may have no name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** This machine, as the audit log names it. */
export const thisHost = (): string => hostname().slice(0, 255);

/** What somebody may do: nothing, ask, or act. */
export type SlackRole = 'none' | 'viewer' | 'deployer' | 'admin';

export interface Member {
  /** As siskin.yaml names the user, else the user's ID: a name that Slack shows can be changed by its owner. */
  name: string;
  role: SlackRole;
}

export type Members = (user: string) => Member;

const rank: Record<SlackRole, number> = { none: 0, viewer: 1, deployer: 2, admin: 3 };

export const mayDo = ({ role }: Member, needed: SlackRole): boolean => rank[role] >= rank[needed];

/** @param defaultRole of those who are not among `users` */
export function membersOf(
  users: readonly { id: string; name: string; role: SlackRole }[],
  defaultRole: SlackRole,
): Members {
  const known = new Map(users.map(({ id, name, role }) => [id, { name, role }]));
  return (user) => known.get(user) ?? { name: user, role: defaultRole };
}

import { environmentId } from '../../domain/names.ts';
import { readCommandLine, type SlackCommand } from './command-line.ts';
import { type Member, mayDo } from './members.ts';
import type { SlackHandlerDependencies, Who } from './ports.ts';

/** `/siskin …`. @returns what the asker is told @throws SiskinError of what was asked for */
export async function runCommand(
  text: string,
  member: Member,
  who: Who,
  { operations, texts, audit }: SlackHandlerDependencies,
): Promise<string> {
  const { answers } = texts;
  const refuse = (why: string) =>
    audit({ ...who, action: 'slack-refused', detail: `/siskin ${text.slice(0, 100)}: ${why}` });
  if (!mayDo(member, 'viewer')) {
    await refuse('no access');
    return answers.noAccess;
  }
  const command = readCommandLine(text);
  if (command === null) return answers.help;
  const known = operations.environments();
  const { app, environment } = command.key;
  if (!known.some((one) => one.app === app && one.environment === environment))
    return answers.unknownEnvironment(environmentId(command.key), known.map(environmentId));
  if ((command.verb === 'deploy' || command.verb === 'rollback') && !mayDo(member, 'deployer')) {
    await refuse('not allowed');
    return answers.notAllowed('deployer', member.role);
  }
  return answerOf(command, who, { operations, texts });
}

async function answerOf(
  command: SlackCommand,
  who: Who,
  { operations, texts: { answers } }: Pick<SlackHandlerDependencies, 'operations' | 'texts'>,
): Promise<string> {
  const { key } = command;
  const where = environmentId(key);
  switch (command.verb) {
    case 'status':
      return answers.status(await operations.status(key));
    case 'history':
      return answers.history(where, await operations.history(key));
    case 'why':
      return answers.why(where, await operations.ignoredPushes(key));
    case 'deploy': {
      const { sha, release } = command;
      const what = { ...(sha !== undefined && { sha }), ...(release !== undefined && { release }) };
      return answers.asked(await operations.deploy(key, what, who), where);
    }
    case 'rollback':
      return answers.asked(await operations.rollBack(key, command.release, who), where);
  }
}

import type { Problem } from '../problems.ts';
import { entriesOf, type Path, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** Keys of `slack` that need a bot. */
const botKeys = ['channel', 'signingSecret', 'appToken', 'users', 'defaultRole', 'apiUrl'];

/** Which keys of `slack` go together: a bot, or an incoming webhook. */
export function slackChecks(tree: YamlTree): Problem[] {
  const slack = valueAt(tree.value, ['slack']);
  const has = (key: string): boolean => valueAt(slack, [key]) !== undefined;
  const problem = (path: Path, message: string): Problem => ({ ...tree.locate(path), message });
  if (slack === undefined) {
    const why = 'needs slack at the top of this file: a botToken with a channel, or a webhookUrl';
    return ownSettings(tree).map(({ path }) => problem(path, why));
  }
  if (has('webhookUrl') && has('botToken')) {
    return [
      problem(['slack', 'webhookUrl'], 'cannot stand beside botToken: a bot does all it does, and more'),
    ];
  }
  if (has('webhookUrl')) return beyondWebhook(tree, has).map(({ path, message }) => problem(path, message));
  if (!has('botToken')) {
    const given = botKeys.filter(has);
    const needing = given.length > 0 ? `: ${given.join(', ')} cannot work without one` : '';
    return [
      problem(['slack'], `needs a botToken, or a webhookUrl for messages that are not edited${needing}`),
    ];
  }
  return has('channel') ? [] : withoutChannel(tree).map((path) => problem(path, missingChannel));
}

const missingChannel =
  'is missing: name the channel that is told of this environment here, or one for all under slack.channel';

function beyondWebhook(tree: YamlTree, has: (key: string) => boolean): { path: Path; message: string }[] {
  const top = botKeys.filter(has).map((key) => ({
    path: ['slack', key],
    message: 'needs a botToken: an incoming webhook posts into its own channel and hears nothing',
  }));
  const own = ownSettings(tree)
    .filter(({ value }) => valueAt(value, ['channel']) !== undefined)
    .map(({ path }) => ({
      path: [...path, 'channel'],
      message: 'needs slack.botToken: an incoming webhook posts into its own channel',
    }));
  return [...top, ...own];
}

const environments = (tree: YamlTree): { path: Path; value: unknown }[] =>
  entriesOf(valueAt(tree.value, ['apps'])).flatMap(([app, settings]) =>
    entriesOf(valueAt(settings, ['environments'])).map(([environment, value]) => ({
      path: ['apps', app, 'environments', environment],
      value,
    })),
  );

const ownSettings = (tree: YamlTree): { path: Path; value: unknown }[] =>
  environments(tree)
    .map(({ path, value }) => ({ path: [...path, 'slack'], value: valueAt(value, ['slack']) }))
    .filter(({ value }) => value !== undefined);

const withoutChannel = (tree: YamlTree): Path[] =>
  environments(tree)
    .filter(({ value }) => valueAt(value, ['slack', 'channel']) === undefined)
    .map(({ path }) => [...path, 'slack', 'channel']);

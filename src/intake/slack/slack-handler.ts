import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { environmentId } from '../../domain/names.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { type Press, readPress } from '../../domain/notice/press.ts';
import { runCommand } from './commands.ts';
import { decidePress } from './decide-press.ts';
import type { SlackHandlerDependencies, SlackInteraction, Who } from './ports.ts';

type Asked = Exclude<SlackInteraction, { kind: 'other' }>;

/** How long a pressed button stays pressed, in seconds; by then the deployment is another picture. */
const pressedSeconds = 600;

/** Does what people ask for in Slack, after they were answered that it was heard. Both doors lead here. */
export class SlackHandler {
  readonly #dependencies: SlackHandlerDependencies;
  readonly #open = new Set<Promise<void>>();

  constructor(dependencies: SlackHandlerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins the work and returns; never throws. */
  take(interaction: SlackInteraction): void {
    if (interaction.kind === 'other') return;
    const work = this.#work(interaction).finally(() => this.#open.delete(work));
    this.#open.add(work);
  }

  /** Resolves when nothing is being worked on. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #work(asked: Asked): Promise<void> {
    const { answer, log, texts } = this.#dependencies;
    const text = await this.#textOf(asked).catch((error: unknown) => {
      if (error instanceof SiskinError && error.code !== 'INTERNAL')
        return texts.answers.failed(error.message);
      log.error({ err: error }, 'what was asked in Slack could not be done');
      return texts.answers.broken;
    });
    await answer(asked.responseUrl, text).catch((error: unknown) =>
      log.warn({ error: messageOf(error), user: asked.user }, 'who asked in Slack could not be answered'),
    );
  }

  #textOf(asked: Asked): Promise<string> {
    const member = this.#dependencies.members(asked.user);
    const who = { actor: { kind: 'slack' as const, name: member.name }, from: `slack:${asked.channel}` };
    return asked.kind === 'command'
      ? runCommand(asked.text, member, who, this.#dependencies)
      : this.#press(asked, who);
  }

  async #press({ value, user }: Extract<Asked, { kind: 'press' }>, who: Who): Promise<string> {
    const { members, notices, operations, texts, audit } = this.#dependencies;
    const { answers } = texts;
    const press = readPress(value);
    if (press === null) {
      await audit({ ...who, action: 'slack-refused', detail: `no button of ours: ${value.slice(0, 100)}` });
      return answers.help;
    }
    const notice = await notices.notice(press.deployment);
    const newest = notice && ((await operations.history(notice))[0]?.deployment ?? null);
    const decision = decidePress(press, members(user), notice, newest);
    if (decision.kind === 'go') return this.#act(press, decision.notice, who);
    const where = notice === null ? '' : `${environmentId(notice)} `;
    await audit({
      ...who,
      action: 'slack-refused',
      detail: `${where}${press.deployment} ${press.act}: ${decision.kind}`,
    });
    if (decision.kind === 'not-allowed') return answers.notAllowed('deployer', members(user).role);
    if (decision.kind === 'gone') return answers.gone(press.deployment);
    return answers.stale(press.deployment, decision.state, decision.replacedBy);
  }

  async #act(press: Press, notice: Notice, who: Who): Promise<string> {
    const { once, operations, texts, audit } = this.#dependencies;
    const { deployment, act, drawn } = press;
    const nonce = `press:${deployment}:${act}:${drawn}`;
    if (!(await once.claim(nonce, pressedSeconds))) {
      const detail = `${environmentId(notice)} ${deployment} ${act}: pressed already`;
      await audit({ ...who, action: 'slack-refused', detail });
      return texts.answers.alreadyPressed;
    }
    try {
      await operations.act(act, notice, who);
    } catch (error) {
      await once.release(nonce);
      throw error;
    }
    return texts.answers.done(act, environmentId(notice), deployment);
  }
}

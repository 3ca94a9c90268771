import type { z } from 'zod';
import { fullName, type GithubRepository } from '../../domain/github/repository.ts';
import {
  anything,
  deliveriesSchema,
  deliveryDetailSchema,
  type GithubDelivery,
  type GithubHook,
  hookSchema,
  hooksSchema,
} from './answers.ts';
import type { GithubApi } from './api.ts';
import { endpoints } from './endpoints.ts';

/** A delivery with what was answered to it: the text of the body, bounded by GitHub. */
export type AnsweredDelivery = GithubDelivery & { answer: string };

/** A repository's webhooks (REST, "Repository webhooks"). All throw GithubFailure. */
export class GithubHooks {
  readonly repository: GithubRepository;
  readonly #api: GithubApi;
  readonly #signal: AbortSignal | undefined;

  constructor(api: GithubApi, repository: GithubRepository, signal?: AbortSignal) {
    this.#api = api;
    this.repository = repository;
    this.#signal = signal;
  }

  get name(): string {
    return fullName(this.repository);
  }

  /** GitHub takes at most twenty for one event. */
  list(): Promise<GithubHook[]> {
    return this.#ask('listHooks', hooksSchema, { per_page: 100 });
  }

  create(settings: HookSettings): Promise<GithubHook> {
    return this.#ask('createHook', hookSchema, { name: 'web', ...settings });
  }

  /** `config` is replaced as a whole: without its secret, the hook has none afterwards. */
  update(hookId: string, settings: HookSettings): Promise<GithubHook> {
    return this.#ask('updateHook', hookSchema, { hook_id: hookId, ...settings });
  }

  async ping(hookId: string): Promise<void> {
    await this.#ask('pingHook', anything, { hook_id: hookId });
  }

  /** The newest first. @param limit at most 100 */
  deliveries(hookId: string, limit: number): Promise<GithubDelivery[]> {
    return this.#ask('listDeliveries', deliveriesSchema, { hook_id: hookId, per_page: limit });
  }

  async delivery(hookId: string, deliveryId: string): Promise<AnsweredDelivery> {
    const parameters = { hook_id: hookId, delivery_id: deliveryId };
    const { response, ...delivery } = await this.#ask('delivery', deliveryDetailSchema, parameters);
    return { ...delivery, answer: response?.payload ?? '' };
  }

  /** Sends it again, with the same GUID. */
  async redeliver(hookId: string, deliveryId: string): Promise<void> {
    await this.#ask('redeliver', anything, { hook_id: hookId, delivery_id: deliveryId });
  }

  #ask<Schema extends z.ZodType>(
    name: keyof typeof endpoints,
    schema: Schema,
    parameters: Record<string, unknown>,
  ): Promise<z.output<Schema>> {
    return this.#api.ask(endpoints[name], this.repository, parameters, schema, this.#signal);
  }
}

export interface HookSettings {
  active: boolean;
  events: string[];
  config: { url: string; content_type: 'json'; secret: string; insecure_ssl: '0' };
}

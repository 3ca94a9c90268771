import { type ComposeOptions, parseComposeServices } from '../../src/config/compose-file.ts';
import { ProblemsError } from '../../src/config/problems.ts';
import { parseSiskinConfig } from '../../src/config/siskin-config.ts';

/** The text of a siskin.yaml with one app, and what else is given at its top. */
export const siskinYaml = (more = '', app = ''): string => `${more}
apps:
  shop:
    repo: https://github.com/acme/shop.git
    service: web
${app}    environments:
      production: { branch: release }
`;

export const composeOptions: ComposeOptions = {
  file: 'docker-compose.yml',
  services: ['web'],
  profiles: ['main'],
  variables: {},
  allow: { mounts: ['/srv/shop'], networks: ['acme_shared'], volumes: ['acme_uploads'] },
  key: { app: 'shop', environment: 'production' },
};

/** A Compose file whose service web has these lines besides what every service needs. */
export const composeYaml = (service = '', siskin = '', top = ''): string => `${top}
services:
  web:
    build: .
${service.replace(/^(?=.)/gm, '    ')}
    x-siskin: { port: 3000, health: { path: /healthz }${siskin && `, ${siskin}`} }
`;

/** Reads the only service, or the first in rollout order. */
export const readCompose = (text: string, options: Partial<ComposeOptions> = {}) => {
  const [first] = parseComposeServices(text, { ...composeOptions, ...options });
  if (!first) throw new Error('no service was read');
  return first;
};

/** The mistakes that reading finds, or none. */
export function mistakesOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return error.message.split('\n');
    throw error;
  }
}

export const siskinMistakes = (text: string, env: Record<string, string> = {}): string[] =>
  mistakesOf(() => parseSiskinConfig(text, 'siskin.yaml', env));

export const composeMistakes = (text: string, options: Partial<ComposeOptions> = {}): string[] =>
  mistakesOf(() => readCompose(text, options));

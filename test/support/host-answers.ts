import { hostAnswers, standardAnswers } from '../../src/cli/init-host/answers.ts';
import type { RawAnswers } from '../../src/cli/init-host/questions.ts';
import type { ExampleName, HostAnswers } from '../../src/domain/host/answers.ts';

/** What the guides answer for each example. */
export const exampleAnswers: Record<ExampleName, Partial<RawAnswers>> = {
  nas: {
    app: ['talk=https://github.com/acme/talk.git'],
    domain: ['talk=talk.example.com'],
    publicUrl: 'https://deploy.example.com',
    email: 'ops@example.com',
  },
  'desktop-standby': {
    app: ['shop=https://github.com/acme/shop.git', 'dock-watch=git@github.com:acme/dock-watch.git'],
    domain: ['shop=shop.example.com', 'shop=www.shop.example.com', 'dock-watch=dock.example.com'],
    publicUrl: 'https://deploy.example.com',
    standby: 'ubuntu@standby.example.com',
    standbyDomain: 'standby.example.com',
    standbyHostKey: `SHA256:${'A'.repeat(43)}`,
    primaryDomain: 'home.example.net',
    dnsZone: 'example.com',
  },
  'production-test': {
    app: ['shop=https://github.com/acme/shop.git'],
    domain: ['shop=shop.example.com', 'shop/test=test.shop.example.com'],
    databaseHost: 'db.example.com:5433',
    allow: ['203.0.113.0/24', '2001:db8::/32'],
  },
};

/** As flags of `siskin init host`. */
export const exampleFlags = (example: ExampleName): string[] => [
  '--example',
  example,
  ...Object.entries(exampleAnswers[example]).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [value].flat().flatMap((word) => [flag, word]);
  }),
];

export const answersOf = (example: ExampleName, changes: Partial<RawAnswers> = {}): HostAnswers =>
  hostAnswers({ ...standardAnswers, example, ...exampleAnswers[example], ...changes });

/** What two machines behind one public address answer besides. */
export const twoHosts = {
  first: { forward: ['grafana.example.com=192.168.0.20', 'alerts.example.com=192.168.0.20'] },
  second: { behind: '192.168.0.10' },
} satisfies Record<string, Partial<RawAnswers>>;

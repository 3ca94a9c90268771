/** One release of the demo: how its app behaves, and how it should end. */
export interface DemoRelease {
  name: 'r1' | 'r2' | 'r3' | 'r4';
  about: string;
  behaviour: Record<string, unknown>;
  dockerfile?: string;
  outcome: 'succeeded' | 'rolled_back' | 'failed';
}

const brokenBuild = [
  'FROM node:20-bookworm-slim',
  'WORKDIR /app',
  'COPY . ./',
  `RUN ["node", "-e", "console.error('server.mjs(12,7): error TS2322: a demo of a build that fails'); process.exit(2)"]`,
  '',
].join('\n');

/** The story the demo tells, in order. */
export const demoReleases: readonly DemoRelease[] = [
  { name: 'r1', about: 'first deployment', behaviour: {}, outcome: 'succeeded' },
  { name: 'r2', about: 'a good release', behaviour: {}, outcome: 'succeeded' },
  {
    name: 'r3',
    about: 'healthy, but turns bad under traffic',
    behaviour: { failAfterRequests: 12 },
    outcome: 'rolled_back',
  },
  { name: 'r4', about: 'does not build', behaviour: {}, dockerfile: brokenBuild, outcome: 'failed' },
];

/** The boundaries of ARCHITECTURE.md. test/unit/boundaries.test.ts plants a violation to prove that they bite. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing-but-itself',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'pipeline-knows-domain-and-its-ports',
      severity: 'error',
      from: { path: '^src/pipeline/' },
      to: { path: '^(src/(adapters|api|intake|cli|config|observability)|workers)/' },
    },
    {
      name: 'intake-and-api-never-reach-into-adapters',
      severity: 'error',
      from: { path: '^src/(intake|api)/' },
      to: { path: '^(src/(adapters|cli)|workers)/' },
    },
    {
      name: 'adapters-never-sideways',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-do-not-know-who-uses-them',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(src/(api|cli|intake)|workers)/' },
    },
    {
      name: 'one-vendor-library-each',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/(git|docker|redis)/' },
      to: { path: 'node_modules/(simple-git|dockerode|@grpc|ioredis|bullmq|undici)/' },
    },
    {
      name: 'age-is-used-in-one-place',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/adapters/age/' },
      to: { path: 'node_modules/age-encryption/' },
    },
    {
      name: 'octokit-only-in-the-github-adapter',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/adapters/github/' },
      to: { path: 'node_modules/@octokit/(core|auth-app)/' },
    },
    {
      name: 'cloudflare-is-called-in-one-place',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/adapters/cloudflare/' },
      to: { path: 'node_modules/cloudflare/' },
    },
    {
      name: 'slack-is-called-in-one-place',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/adapters/slack/' },
      to: { path: 'node_modules/@slack/' },
    },
    {
      name: 'templates-are-filled-in-one-place',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/adapters/templates/' },
      to: { path: 'node_modules/eta/' },
    },
    {
      name: 'promql-is-read-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/config/promql.ts$' },
      to: { path: 'node_modules/@prometheus-io/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};

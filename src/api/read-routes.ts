import { type Request, Router } from 'express';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type EnvironmentKey, releaseName } from '../domain/names.ts';
import { isBuilt } from '../domain/release.ts';
import { requireRole } from './authentication.ts';
import { configuredEnvironment } from './configured-environment.ts';
import { deploymentSummary, deploymentView } from './deployment-view.ts';
import type { ApiDependencies, ConfiguredApp } from './ports.ts';
import { type AppListView, deploymentIdSchema, listQuerySchema, type ReleaseView } from './schemas.ts';
import { valid } from './validate.ts';

/** What a viewer may ask: apps, deployments, one deployment, an environment's releases. */
export function readRoutes(dependencies: ApiDependencies): Router {
  const { history, tokens } = dependencies;
  const router = Router();
  const viewer = requireRole(tokens, 'viewer');

  router.get('/api/v1/apps', viewer, async (_request, response) => {
    response.json(await appList(dependencies));
  });
  router.get('/api/v1/deployments', viewer, async (request, response) => {
    const { limit, app, environment, state } = valid(listQuerySchema, request.query, 'query');
    const filter = {
      limit,
      ...(app && { app }),
      ...(environment && { environment }),
      ...(state && { state }),
    };
    const deployments = await history.list(filter);
    response.json({ deployments: deployments.map(deploymentSummary) });
  });
  router.get('/api/v1/deployments/:id', viewer, async (request, response) => {
    const id = valid(deploymentIdSchema, request.params.id, 'deployment');
    const found = await history.get(id);
    if (found === null) throw new SiskinError('NOT_FOUND', `There is no deployment ${id}.`);
    response.json(deploymentView(found.deployment, found.journal));
  });
  router.get(
    '/api/v1/apps/:app/environments/:environment/releases',
    viewer,
    async (request: Request, response) => {
      const { key } = configuredEnvironment(dependencies.apps(), request);
      response.json({ releases: await releaseViews(history, key) });
    },
  );
  return router;
}

async function releaseViews(
  history: ApiDependencies['history'],
  key: EnvironmentKey,
): Promise<ReleaseView[]> {
  const [releases, { current }] = await Promise.all([history.releases(key), history.environment(key)]);
  return releases
    .toSorted((a, b) => b.release - a.release)
    .map(({ release, sha, title, services, servedWell, createdAt }) => ({
      release: releaseName(release),
      sha,
      title,
      built: isBuilt({ services }),
      servedWell,
      current: release === current,
      createdAt,
    }));
}

async function appList({ apps, history }: ApiDependencies): Promise<AppListView> {
  return { apps: await Promise.all(apps().map((app) => appView(app, history))) };
}

async function appView(
  { app, repository, environments }: ConfiguredApp,
  history: ApiDependencies['history'],
) {
  const views = environments.map(async ({ environment, branch, routes }) => {
    const { wanted, current, previous, frozen } = await history.environment({ app, environment });
    return { environment, branch, routes, wanted, current: name(current), previous: name(previous), frozen };
  });
  return { app, repository, environments: await Promise.all(views) };
}

const name = (release: number | null): string | null => (release === null ? null : releaseName(release));

import { type Request, type Response, Router } from 'express';
import type { Actor } from '../domain/deployment.ts';
import { type Asked, cancelOrPromote, deploy, rollBack } from './actions.ts';
import { requireRole } from './authentication.ts';
import { configuredEnvironment } from './configured-environment.ts';
import { freeze, unfreeze } from './freezing.ts';
import type { ApiDependencies } from './ports.ts';
import {
  type ActionAnswer,
  deployBodySchema,
  emptyBodySchema,
  freezeBodySchema,
  rollbackBodySchema,
} from './schemas.ts';
import { jsonBody, validBody } from './validate.ts';

type Action = (dependencies: ApiDependencies, asked: Asked, request: Request) => Promise<ActionAnswer>;

const actions: Record<string, Action> = {
  deploy: (dependencies, asked, request) => deploy(dependencies, asked, validBody(deployBodySchema, request)),
  rollback: (dependencies, asked, request) =>
    rollBack(dependencies, asked, validBody(rollbackBodySchema, request)),
  promote: (dependencies, asked, request) => {
    validBody(emptyBodySchema, request);
    return cancelOrPromote(dependencies, asked, 'promote');
  },
  cancel: (dependencies, asked, request) => {
    validBody(emptyBodySchema, request);
    return cancelOrPromote(dependencies, asked, 'cancel');
  },
  freeze: (dependencies, asked, request) => freeze(dependencies, asked, validBody(freezeBodySchema, request)),
  unfreeze: (dependencies, asked, request) => {
    validBody(emptyBodySchema, request);
    return unfreeze(dependencies, asked);
  },
};

/** `POST /api/v1/apps/:app/environments/:env/{deploy,rollback,promote,cancel,freeze,unfreeze}`, for deployers. */
export function actionRoutes(dependencies: ApiDependencies): Router {
  const router = Router();
  const deployer = requireRole(dependencies.tokens, 'deployer');
  for (const [name, act] of Object.entries(actions)) {
    const path = `/api/v1/apps/:app/environments/:environment/${name}`;
    router.post(path, deployer, jsonBody, async (request: Request, response: Response) => {
      const asked = askedOf(dependencies, request, response);
      response.status(202).json(await act(dependencies, asked, request));
    });
  }
  return router;
}

function askedOf({ apps }: ApiDependencies, request: Request, response: Response): Asked {
  return {
    ...configuredEnvironment(apps(), request),
    actor: response.locals.actor as Actor,
    from: request.ip ?? null,
  };
}
